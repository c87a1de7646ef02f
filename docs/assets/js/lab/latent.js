// The plane through two faces: z = x a + y b. A is at (1, 0), B at (0, 1), the mean in the middle.

import {
  button, canvas, element, inLanguage, latest, moves, number, paint, remember, row, slider, state, status
} from "./bench.js"
import { normal } from "./random.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    a: "얼굴 A의 시드", b: "얼굴 B의 시드", x: "A 쪽으로", y: "B 쪽으로", another: "다른 두 얼굴",
    walk: "A에서 B로 걷기", stop: "멈추기", map: "지도 그리기", back: "좌표를 처음으로",
    single: "잠재 벡터의 좌표 하나씩 움직이기", group: "좌표", dimension: i => `z의 ${i}번 좌표에 더하기`,
    face: (x, y) => `잠재 공간의 (${x}, ${y})에 있는 얼굴`,
    mapped: n => `가로로 A, 세로로 B의 몫을 바꾸어 그린 얼굴 ${n}장. 누른 자리의 얼굴을 크게 보여 준다.`,
    drawn: (x, y) => `A의 몫 ${x}, B의 몫 ${y}인 얼굴을 그렸다.`
  },
  en: {
    a: "Seed of face A", b: "Seed of face B", x: "Towards A", y: "Towards B", another: "Two other faces",
    walk: "Walk from A to B", stop: "Stop", map: "Draw the map", back: "Put the coordinates back",
    single: "Move single coordinates of the latent vector", group: "Coordinates", dimension: i => `Add to coordinate ${i} of z`,
    face: (x, y) => `The face at (${x}, ${y}) of the latent space`,
    mapped: n => `${n} faces, with more of A to the right and more of B to the top. Press one to see it large.`,
    drawn: (x, y) => `Drew the face with ${x} of A and ${y} of B.`
  }
})

const REACH = 1.5 // of the plane, in each direction
const ACROSS = 7 // faces on the map
const AT_ONCE = 8 // sliders for single coordinates

export async function build({ run, name }) {
  const defaults = { a: 0, b: 1, x: 1, y: 0 }
  const at = state(name, defaults)
  const ask = remote("drawing-worker.js")
  const latent = await ask(run, "latent")
  const added = new Float32Array(latent) // to single coordinates

  const code = (x, y) => {
    const [a, b] = [normal(at.a, latent), normal(at.b, latent)]
    return a.map((v, i) => x * v + y * b[i] + added[i])
  }
  const first = await ask(run, "draw", code(at.x, at.y))
  const size = first.shape[1]
  const picture = canvas(size, size, 12, "")
  const map = canvas(ACROSS * (size + 1) - 1, ACROSS * (size + 1) - 1, 3, words.mapped(ACROSS ** 2))
  map.hidden = true
  const { box: said, say } = status()

  const draw = latest(async () => {
    const [x, y] = [at.x, at.y].map(v => v.toFixed(2))
    paint(picture, await ask(run, "draw", code(at.x, at.y)))
    picture.setAttribute("aria-label", words.face(x, y))
    say(words.drawn(x, y))
    remember(name, at, defaults)
  })
  const drawMap = latest(async () => {
    if (map.hidden) return
    for (let k = 0; k < ACROSS ** 2; k++) {
      const place = i => REACH * ((2 * i) / (ACROSS - 1) - 1)
      const [column, line] = [k % ACROSS, Math.floor(k / ACROSS)]
      const face = await ask(run, "draw", code(place(column), -place(line)))
      paint(map, face, column * (size + 1), line * (size + 1))
    }
  })

  const along = { min: -REACH, max: REACH, step: 0.01, text: v => v.toFixed(2) }
  const x = slider(words.x, { ...along, value: at.x }, v => { at.x = v; halt(); draw() })
  const y = slider(words.y, { ...along, value: at.y }, v => { at.y = v; halt(); draw() })
  const move = (toX, toY) => {
    at.x = toX
    at.y = toY
    x.set(toX)
    y.set(toY)
    draw()
  }
  map.addEventListener("click", ({ offsetX, offsetY }) => {
    const share = (offset, width) => Math.min(Math.max((2 * offset) / width - 1, -1), 1)
    halt()
    move(REACH * share(offsetX, map.clientWidth), -REACH * share(offsetY, map.clientHeight))
  })

  // The walk is a quarter of a circle: on it latent vectors keep about the length they are drawn with.
  let walking = 0
  const halt = () => {
    cancelAnimationFrame(walking)
    walking = 0
    walk.textContent = words.walk
  }
  const walk = button(words.walk, () => {
    if (walking) return halt()
    walk.textContent = words.stop
    const begun = performance.now()
    const seconds = 4
    const frame = now => {
      const share = Math.min((now - begun) / 1000 / seconds, 1)
      const shown = moves() ? share : Math.floor(share * 4) / 4 // five pictures in place of a film
      move(Math.cos(shown * Math.PI / 2), Math.sin(shown * Math.PI / 2))
      if (share < 1) walking = requestAnimationFrame(frame)
      else halt()
    }
    walking = requestAnimationFrame(frame)
  })

  const again = () => { draw(); drawMap() }
  const a = number(words.a, at.a, v => { at.a = v; again() })
  const b = number(words.b, at.b, v => { at.b = v; again() })
  const another = button(words.another, () => {
    at.a = Math.floor(Math.random() * 100_000)
    at.b = Math.floor(Math.random() * 100_000)
    a.set(at.a)
    b.set(at.b)
    again()
  })
  const mapping = button(words.map, () => {
    map.hidden = false
    mapping.remove()
    drawMap()
  })

  const sliders = element("div", { class: "bench-sliders" })
  const group = element("select", { "aria-label": words.group, onchange: () => show() })
  for (let i = 0; i < latent; i += AT_ONCE)
    group.append(element("option", { value: i }, `${i + 1}–${Math.min(i + AT_ONCE, latent)}`))
  const show = () => {
    const from = Number(group.value)
    sliders.replaceChildren(...Array.from({ length: Math.min(AT_ONCE, latent - from) }, (_, k) => {
      const i = from + k
      const options = { min: -4, max: 4, step: 0.1, value: added[i], text: v => v.toFixed(1) }
      return slider(words.dimension(i + 1), options, v => { added[i] = v; again() }).box
    }))
  }
  show()
  const back = button(words.back, () => { added.fill(0); show(); again() })
  const single = element("details", {}, element("summary", {}, words.single), row(group, back), sliders)

  draw()
  return [
    element("div", { class: "bench-sides" },
      element("div", {}, picture),
      element("div", { class: "bench-panel" }, row(a.box, b.box, another), x.box, y.box, row(walk, mapping), map)),
    said,
    single
  ]
}
