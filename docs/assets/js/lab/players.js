// Two players live: GAN, WGAN and WGAN-GP train in the page on the same points of the plane.

import { button, check, choice, element, inLanguage, latest, number, remember, row, slider, state, status } from "./bench.js"
import { mixtures, points, SIDE } from "./games.js"
import { PRESETS } from "./presets.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    preset: "설정 고르기",
    presets: { steady: "둘이 맞서는 설정", collapse: "붕괴하는 GAN", recover: "붕괴에서 회복", own: "직접 바꾼 설정" },
    data: "데이터", datasets: { ring: "고리: 가우시안 8개", grid: "격자: 가우시안 25개", two: "가우시안 2개", own: "직접 찍은 점" },
    run: "학습 시작", pause: "멈추기", round: "한 라운드", move: "한 차례", again: "처음부터",
    lr: "생성자의 학습률", faster: "판별자의 학습률 배수", critics: "한 라운드에 판별자의 차례", generators: "한 라운드에 생성자의 차례",
    clip: "WGAN의 가중치 상자", penalty: "WGAN-GP의 벌점 λ", width: "은닉층의 너비", seed: "시드", speed: "한 장면에 라운드",
    more: "설정 더 보기", best: "GAN의 배경을 최적의 판별자 p/(p+q)로 바꾸기",
    names: { gan: "GAN", wgan: "WGAN (가중치 자르기)", wgan_gp: "WGAN-GP" },
    players: { gan: { critic: "판별자", generator: "생성자" }, wgan: { critic: "비평자", generator: "생성자" } },
    losses: { gan: ["softplus(−D(x)) + softplus(D(G(z)))", "softplus(−D(G(z)))"], wgan: ["C(G(z)) − C(x)", "−C(G(z))"], wgan_gp: ["C(G(z)) − C(x) + λ(기울기 − 1)²", "−C(G(z))"] },
    before: "아직 아무도 움직이지 않았다.",
    moved: (name, loss, formula) => `${name}의 차례였다. 손실 ${formula} = ${loss}`,
    reached: (n, of, good) => of > 30 ? `가짜의 ${good} %가 데이터 가까이에 있다.` : `봉우리 ${of}개 가운데 ${n}개에 닿았고, 가짜의 ${good} %가 데이터 가까이에 있다.`,
    rounds: n => `${n}라운드`, told: (n, parts) => `${n}라운드. ${parts}`,
    short: (name, n, of, good) => of > 30 ? `${name} ${good} %` : `${name} ${of}개 가운데 ${n}개`,
    seen: name => `${name}의 점들. 동그라미는 데이터, 가위표는 생성자가 그린 점, 배경은 판별자의 점수이다.`,
    key: "동그라미는 데이터, 가위표는 생성자가 그린 점이다. 배경은 판별자가 데이터로 보는 곳일수록 청록색, 가짜로 보는 곳일수록 주황색이다.",
    pad: "점을 찍는 판. 누르거나 끌면 점이 생긴다. 화살표 키로 옮기고 Enter로 찍는다.", clear: "점 지우기", dotted: n => `점 ${n}개를 찍었다.`
  },
  en: {
    preset: "Choose settings",
    presets: { steady: "A match of equals", collapse: "A GAN that collapses", recover: "It recovers", own: "Settings of your own" },
    data: "Data", datasets: { ring: "Ring: 8 Gaussians", grid: "Grid: 25 Gaussians", two: "2 Gaussians", own: "Points you draw" },
    run: "Train", pause: "Pause", round: "One round", move: "One move", again: "Start over",
    lr: "Learning rate of the generator", faster: "Learning rate of the discriminator, times that", critics: "Moves of the discriminator in a round", generators: "Moves of the generator in a round",
    clip: "Box of WGAN's weights", penalty: "Penalty λ of WGAN-GP", width: "Width of hidden layers", seed: "Seed", speed: "Rounds a picture",
    more: "More settings", best: "Show the best discriminator p/(p+q) behind the GAN",
    names: { gan: "GAN", wgan: "WGAN (clipped weights)", wgan_gp: "WGAN-GP" },
    players: { gan: { critic: "discriminator", generator: "generator" }, wgan: { critic: "critic", generator: "generator" } },
    losses: { gan: ["softplus(−D(x)) + softplus(D(G(z)))", "softplus(−D(G(z)))"], wgan: ["C(G(z)) − C(x)", "−C(G(z))"], wgan_gp: ["C(G(z)) − C(x) + λ(slope − 1)²", "−C(G(z))"] },
    before: "Nobody has moved yet.",
    moved: (name, loss, formula) => `The ${name} moved. Its loss ${formula} = ${loss}`,
    reached: (n, of, good) => of > 30 ? `${good} % of the fakes lie near the data.` : `${n} of ${of} modes reached; ${good} % of the fakes lie near the data.`,
    rounds: n => `Round ${n}`, told: (n, parts) => `Round ${n}. ${parts}`,
    short: (name, n, of, good) => of > 30 ? `${name} ${good} %` : `${name} ${n} of ${of}`,
    seen: name => `The points of ${name}. Circles are data, crosses are what the generator draws, the background is the discriminator's score.`,
    key: "Circles are data, crosses are what the generator draws. The background is teal where the discriminator takes a point for data, and orange where it takes it for a fake.",
    pad: "A board for points. Press or drag to make them; or move with the arrow keys and press Enter.", clear: "Remove the points", dotted: n => `${n} points drawn.`
  }
})

const CELLS = 48 // of a field, along each axis
const PIXELS = 288 // of a picture
const SHOWN = 300 // points of the data in the picture
const OWN_SIGMA = 0.06 // each drawn point stands for a narrow Gaussian
const GRAIN = 36 // drawn points lie on a board of so many cells a side, two signs each in the address

// What a setting may be, from a slider or from an address; those with a fraction move by powers.
const LIMITS = {
  generators: [1, 10], critics: [1, 10], width: [8, 64], speed: [1, 40],
  lr: [1e-4, 1e-2], faster: [0.1, 10], clip: [0.01, 1], penalty: [0.01, 10]
}
const WHOLE = ["generators", "critics", "width", "speed"]

const place = v => ((v + SIDE) / (2 * SIDE)) * PIXELS
const colour = name => {
  const hex = getComputedStyle(document.body).getPropertyValue(name).trim()
  return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16))
}

// Points as text and back: the cell of each, along x and y, as a digit of base 36.
const written = centres => centres.map(point => point.map(v =>
  Math.min(Math.max(Math.floor(((v + SIDE) / (2 * SIDE)) * GRAIN), 0), GRAIN - 1).toString(36)).join("")).join("")
const readPoints = text => (text.match(/[0-9a-z]{2}/g) ?? []).slice(0, 200).map(pair =>
  [...pair].map(digit => ((parseInt(digit, 36) + 0.5) / GRAIN * 2 - 1) * SIDE))

// From 0 (fake) to 1 (data): the discriminator's probability, or a critic's score between the
// lowest and the highest in the picture, since only its differences mean something.
function shades({ kind, field, ideal }) {
  if (ideal) return ideal
  if (kind === "gan") return field.map(v => 1 / (1 + Math.exp(-v)))
  const low = Math.min(...field), high = Math.max(...field)
  return field.map(v => (v - low) / (high - low || 1))
}

function picture(view, game, data) {
  const brush = view.getContext("2d")
  const [paper, teal, accent, ink] = ["--paper", "--teal", "--accent", "--ink"].map(colour)
  const field = new ImageData(CELLS, CELLS)
  shades(game).forEach((v, k) => {
    const end = v > 0.5 ? teal : accent
    const share = Math.abs(2 * v - 1) * 0.55
    for (let c = 0; c < 3; c++) field.data[4 * k + c] = paper[c] + share * (end[c] - paper[c])
    field.data[4 * k + 3] = 255
  })
  const small = element("canvas", { width: CELLS, height: CELLS })
  small.getContext("2d").putImageData(field, 0, 0)
  brush.imageSmoothingEnabled = false
  brush.drawImage(small, 0, 0, PIXELS, PIXELS)
  brush.lineWidth = 1.5
  brush.strokeStyle = `rgb(${ink})`
  brush.globalAlpha = 0.55
  brush.beginPath()
  for (let i = 0; i < data.length; i += 2) {
    const [x, y] = [place(data[i]), place(-data[i + 1])]
    brush.moveTo(x + 2.5, y)
    brush.arc(x, y, 2.5, 0, 7)
  }
  brush.stroke()
  brush.globalAlpha = 1
  brush.strokeStyle = `rgb(${accent})`
  brush.beginPath()
  for (let i = 0; i < game.points.length; i += 2) {
    const [x, y] = [place(game.points[i]), place(-game.points[i + 1])]
    brush.moveTo(x - 2.5, y - 2.5)
    brush.lineTo(x + 2.5, y + 2.5)
    brush.moveTo(x + 2.5, y - 2.5)
    brush.lineTo(x - 2.5, y + 2.5)
  }
  brush.stroke()
}

export async function build({ name }) {
  const defaults = { preset: "steady", ...PRESETS.steady, seed: 0, speed: 5, best: 0, points: "" }
  const at = state(name, defaults)
  const given = new URLSearchParams(location.search)
  if (PRESETS[at.preset]) // what the address says goes before the preset
    for (const [key, value] of Object.entries(PRESETS[at.preset])) if (!given.has(key)) at[key] = value
  for (const [key, [low, high]] of Object.entries(LIMITS)) {
    const value = Math.min(Math.max(at[key], low), high)
    at[key] = WHOLE.includes(key) ? Math.round(value) : value
  }
  if (!(at.data in mixtures) && at.data !== "own") at.data = defaults.data

  const ask = remote("players-worker.js")
  const { box: said, say } = status()
  said.classList.add("bench-heard") // each game shows the same below its picture
  let own = readPoints(at.points)
  let playing = false
  let games

  const mixture = () => at.data === "own" && own.length ? { sigma: OWN_SIGMA, centres: own } : mixtures[at.data] ?? mixtures.ring
  const chosen = () => ({
    seed: at.seed, width: at.width, lr: at.lr, faster: at.faster, critics: at.critics, generators: at.generators,
    clip: at.clip, penalty: at.penalty, betas: [0.5, 0.9]
  })
  let data = []

  const panels = ["gan", "wgan", "wgan_gp"].map(kind => {
    const view = element("canvas", { width: PIXELS, height: PIXELS, role: "img", "aria-label": words.seen(words.names[kind]) })
    const moved = element("p", { class: "bench-note" }), reached = element("p", { class: "bench-note" })
    const box = element("div", { class: "bench-game" }, element("p", { class: "bench-title" }, words.names[kind]), view, reached, moved)
    return { kind, view, moved, reached, box }
  })
  const rounds = element("p", { class: "bench-rounds" })

  const show = () => {
    if (!games) return
    games.forEach((game, i) => {
      const { kind, view, moved, reached } = panels[i]
      picture(view, game, data)
      const names = words.players[kind === "gan" ? "gan" : "wgan"]
      moved.textContent = game.player
        ? words.moved(names[game.player], game.loss[game.player].toFixed(3), words.losses[kind][game.player === "critic" ? 0 : 1])
        : words.before
      reached.textContent = words.reached(game.coverage.covered, game.coverage.of, Math.round(100 * game.coverage.good))
    })
    rounds.textContent = words.rounds(games[0].rounds)
  }
  const tell = () => say(words.told(games[0].rounds, games.map(({ kind, coverage: { covered, of, good } }) =>
    words.short(words.names[kind], covered, of, Math.round(100 * good))).join(", ")))

  const call = async (what, times = 1) => {
    games = await ask(what, { data: mixture(), chosen: chosen(), times, cells: CELLS, best: at.best })
    show()
  }
  const begin = async () => {
    data = points(mixture(), SHOWN, 100 * at.seed + 8)
    await call("begin")
    tell()
    remember(name, at, defaults)
  }
  const restart = latest(begin)

  let loops = 0
  const loop = async () => {
    const mine = ++loops // whoever presses twice quickly shall not have two of them
    while (playing && mine === loops && run.isConnected) {
      await call("round", at.speed)
      await new Promise(requestAnimationFrame)
    }
  }
  const stop = () => {
    playing = false
    run.textContent = words.run
  }
  const run = button(words.run, () => {
    if (playing) {
      stop()
      tell()
      return
    }
    playing = true
    run.textContent = words.pause
    loop()
  })
  const once = what => async () => {
    stop()
    await call(what)
    tell()
  }
  const one = button(words.round, once("round")), move = button(words.move, once("move"))
  const again = button(words.again, () => { stop(); restart() })

  // A change while the game is running: what the players are told from the next round on.
  const changed = key => value => {
    at[key] = value
    at.preset = "own"
    preset.set("own")
    remember(name, at, defaults)
  }
  const whole = (label, key, oninput = changed(key)) => {
    const [min, max] = LIMITS[key]
    return slider(label, { min, max, step: 1, value: at[key] }, oninput)
  }
  const rounded = exponent => Number((10 ** exponent).toPrecision(2))
  const power = (label, key) => {
    const [min, max] = LIMITS[key].map(Math.log10)
    const { box, set } = slider(label, { min, max, step: 0.01, value: Math.log10(at[key]), text: v => String(rounded(v)) }, v => changed(key)(rounded(v)))
    return { box, set: value => set(Math.log10(value)) }
  }
  const controls = {
    generators: whole(words.generators, "generators"),
    critics: whole(words.critics, "critics"),
    lr: power(words.lr, "lr"),
    faster: power(words.faster, "faster"),
    clip: power(words.clip, "clip"),
    penalty: power(words.penalty, "penalty"),
    width: whole(words.width, "width", value => { // of new networks
      changed("width")(value)
      stop()
      restart()
    })
  }
  const take = which => {
    at.preset = which
    for (const [key, value] of Object.entries(PRESETS[which] ?? {})) {
      at[key] = value
      controls[key]?.set(value)
    }
    kind.set(at.data)
    board.hidden = at.data !== "own"
  }
  const preset = choice(words.preset, words.presets, at.preset, which => {
    const keeps = which === "recover" && games // it goes on from where the game is
    take(which)
    if (keeps) remember(name, at, defaults)
    else {
      stop()
      restart()
    }
  })
  const kind = choice(words.data, words.datasets, at.data, value => {
    changed("data")(value)
    board.hidden = value !== "own"
    stop()
    restart()
  })
  const seed = number(words.seed, at.seed, value => { at.seed = value; stop(); restart() })
  const speed = whole(words.speed, "speed", value => { at.speed = value })
  const best = check(words.best, Boolean(at.best), async on => {
    at.best = on ? 1 : 0
    remember(name, at, defaults)
    if (!playing && games) await call("round", 0)
  })

  // The board for one's own points.
  const pad = element("canvas", { width: PIXELS, height: PIXELS, tabindex: 0, role: "application", "aria-label": words.pad })
  const cursor = [0, 0]
  const drawPad = () => {
    const brush = pad.getContext("2d")
    brush.fillStyle = `rgb(${colour("--paper")})`
    brush.fillRect(0, 0, PIXELS, PIXELS)
    brush.fillStyle = `rgb(${colour("--ink")})`
    for (const [x, y] of own) brush.fillRect(place(x) - 2, place(-y) - 2, 4, 4)
    brush.strokeStyle = `rgb(${colour("--accent")})`
    brush.strokeRect(place(cursor[0]) - 5, place(-cursor[1]) - 5, 10, 10)
  }
  const dot = (x, y) => {
    const text = written([[x, y]])
    if (own.length >= 200 || at.points.match(/../g)?.includes(text)) return
    at.points += text
    own = readPoints(at.points)
    drawPad()
    say(words.dotted(own.length))
    stop()
    restart()
  }
  const pointed = event => {
    if (!event.buttons) return
    const share = (offset, length) => (offset / length * 2 - 1) * SIDE
    dot(share(event.offsetX, pad.clientWidth), -share(event.offsetY, pad.clientHeight))
  }
  pad.addEventListener("pointerdown", pointed)
  pad.addEventListener("pointermove", pointed)
  pad.addEventListener("keydown", event => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (step) cursor.forEach((v, i) => { cursor[i] = Math.min(Math.max(v + step[i] / 4, -SIDE + 0.1), SIDE - 0.1) })
    else if (event.key === "Enter" || event.key === " ") dot(...cursor)
    else return
    event.preventDefault()
    drawPad()
  })
  const clear = button(words.clear, () => {
    own = []
    at.points = ""
    drawPad()
    stop()
    restart()
  })
  const board = element("div", { class: "bench-board", hidden: at.data !== "own" }, element("p", { class: "bench-note" }, words.pad), pad, row(clear))

  // Another choice of light or dark: the same picture in its colours.
  const scheme = new MutationObserver(() => {
    if (!run.isConnected) return scheme.disconnect()
    show()
    drawPad()
  })
  scheme.observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  drawPad()
  await begin()
  return [
    row(preset.box, kind.box),
    board,
    row(run, one, move, again),
    rounds,
    element("div", { class: "bench-games" }, ...panels.map(({ box }) => box)),
    element("p", { class: "bench-note" }, words.key),
    said,
    row(controls.generators.box, controls.critics.box),
    best.box,
    element("details", {}, element("summary", {}, words.more),
      row(controls.lr.box, controls.faster.box), row(controls.clip.box, controls.penalty.box), row(controls.width.box, speed.box, seed.box))
  ]
}
