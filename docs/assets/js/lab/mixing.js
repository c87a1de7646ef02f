// Styles of several faces in one (StyleGAN): coarse, middle and fine layers each get a face's style.

import { button, canvas, check, element, inLanguage, latest, number, paint, remember, row, slider, state, status } from "./bench.js"
import { normal } from "./random.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    faces: "스타일을 줄 얼굴", face: i => `얼굴 ${i + 1}`, seed: "첫 얼굴의 시드", others: "다른 얼굴들",
    groups: { coarse: "거친 스타일 4×4", middle: "중간 스타일 8×8", fine: "세밀한 스타일 16×16" },
    how: "얼굴을 골라 아래 세 자리 가운데 하나에 놓는다. 끌어다 놓아도 되고, 얼굴을 누른 뒤 자리를 눌러도 된다.",
    take: (group, i) => `${group}: 얼굴 ${i + 1}`,
    psi: "절단 ψ", noise: "노이즈 넣기", mixed: "섞은 얼굴",
    told: (coarse, middle, fine) => `거친 스타일은 얼굴 ${coarse + 1}, 중간 스타일은 얼굴 ${middle + 1}, 세밀한 스타일은 얼굴 ${fine + 1}의 것이다.`,
    chosen: i => `얼굴 ${i + 1}을 골랐다. 이제 놓을 자리를 누른다.`
  },
  en: {
    faces: "Faces that give their style", face: i => `Face ${i + 1}`, seed: "Seed of the first face", others: "Other faces",
    groups: { coarse: "Coarse styles, 4×4", middle: "Middle styles, 8×8", fine: "Fine styles, 16×16" },
    how: "Choose a face and put it into one of the three places below: drag it there, or press the face and then the place.",
    take: (group, i) => `${group}: face ${i + 1}`,
    psi: "Truncation ψ", noise: "Noise", mixed: "The mixed face",
    told: (coarse, middle, fine) => `Coarse styles come from face ${coarse + 1}, middle ones from face ${middle + 1}, fine ones from face ${fine + 1}.`,
    chosen: i => `Face ${i + 1} is chosen. Now press its place.`
  }
})

const FACES = 6
const GROUPS = ["coarse", "middle", "fine"]

export async function build({ run, name }) {
  const defaults = { seed: 200, coarse: 0, middle: 1, fine: 2, psi: 1, noise: 1 }
  const at = state(name, defaults)
  for (const group of GROUPS) at[group] = Math.min(Math.max(Math.round(at[group]), 0), FACES - 1)
  const ask = remote("drawing-worker.js")
  const [latent, sizes] = [await ask(run, "latent"), await ask(run, "sizes")]

  // The latent and the maps of noise of a face come from one stream, one behind the other.
  const noiseOf = seed => {
    let start = latent
    return sizes.map(size => {
      const map = normal(seed, size * size, start)
      start += size * size
      return at.noise ? map : map.fill(0)
    })
  }
  const style = async i => ask(run, "truncate", await ask(run, "style", normal(at.seed + i, latent)), at.psi)
  const plain = (w, seed) => ask(run, "draw", sizes.map(() => w), noiseOf(seed))

  const size = sizes.at(-1)
  const { box: said, say } = status()
  let chosen = -1
  const faces = Array.from({ length: FACES }, (_, i) => {
    const picture = canvas(size, size, 4, "")
    picture.setAttribute("aria-hidden", "true")
    const made = button(picture, () => choose(i), { class: "bench-face", "aria-label": words.face(i), "aria-pressed": "false", draggable: "true" })
    made.addEventListener("dragstart", event => {
      event.dataTransfer.setData("text/plain", String(i))
      choose(i)
    })
    return { made, picture }
  })
  const choose = i => {
    chosen = i
    faces.forEach(({ made }, k) => made.setAttribute("aria-pressed", String(k === i)))
    say(words.chosen(i))
  }

  const put = (group, i) => {
    if (i < 0) return
    at[group] = i
    draw()
  }
  const places = GROUPS.map(group => {
    const picture = canvas(size, size, 4, "")
    picture.setAttribute("aria-hidden", "true")
    const caption = element("span", {})
    const made = button(picture, () => put(group, chosen >= 0 ? chosen : (at[group] + 1) % FACES), { class: "bench-place" })
    made.append(caption)
    made.addEventListener("dragover", event => event.preventDefault())
    made.addEventListener("drop", event => {
      event.preventDefault()
      put(group, Number(event.dataTransfer.getData("text/plain")))
    })
    return { group, picture, caption }
  })

  const mixed = canvas(size, size, 12, words.mixed)
  const draw = latest(async () => {
    const styles = await Promise.all(faces.map((_, i) => style(i)))
    const drawn = await Promise.all(styles.map((w, i) => plain(w, at.seed + i)))
    drawn.forEach((face, i) => paint(faces[i].picture, face))
    for (const { group, picture, caption } of places) {
      paint(picture, drawn[at[group]])
      caption.textContent = words.take(words.groups[group], at[group])
    }
    // coarse: the first two layers, middle: the next two, fine: all others
    const layers = sizes.map((_, i) => styles[at[GROUPS[Math.min(Math.floor(i / 2), 2)]]])
    paint(mixed, await ask(run, "draw", layers, noiseOf(at.seed + at.coarse)))
    say(words.told(at.coarse, at.middle, at.fine))
    remember(name, at, defaults)
  })

  const seed = number(words.seed, at.seed, v => { at.seed = v; draw() })
  const others = button(words.others, () => {
    at.seed = Math.floor(Math.random() * 99_990)
    seed.set(at.seed)
    draw()
  })
  const psi = slider(words.psi, { min: -1, max: 1.5, step: 0.05, value: at.psi, text: v => v.toFixed(2) }, v => { at.psi = v; draw() })
  const noise = check(words.noise, Boolean(at.noise), on => { at.noise = on ? 1 : 0; draw() })

  await draw()
  return [
    element("p", {}, words.how),
    element("div", { class: "bench-row", role: "group", "aria-label": words.faces }, ...faces.map(({ made }) => made)),
    element("div", { class: "bench-sides" },
      element("div", { class: "bench-row bench-places" }, ...places.map(({ picture }) => picture.parentElement)),
      element("div", {}, mixed)),
    said,
    row(seed.box, others, psi.box, noise.box)
  ]
}
