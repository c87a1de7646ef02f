// Growth stage by stage (PGGAN): the same latent vectors at 4, 8 and 16 pixels, and in between.

import { button, canvas, element, inLanguage, latest, number, paint, remember, row, slider, state, status } from "./bench.js"
import { normal } from "./random.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    seed: "첫 얼굴의 시드", another: "다른 얼굴들", grown: "자란 정도",
    pixels: v => Number.isInteger(v) ? `${4 * 2 ** v}픽셀` : `${4 * 2 ** Math.floor(v)} → ${8 * 2 ** Math.floor(v)}픽셀, 새 층의 몫 ${(v % 1).toFixed(2)}`,
    faces: what => `얼굴 여섯 장, ${what}`
  },
  en: {
    seed: "Seed of the first face", another: "Other faces", grown: "Grown to",
    pixels: v => Number.isInteger(v) ? `${4 * 2 ** v} pixels` : `${4 * 2 ** Math.floor(v)} → ${8 * 2 ** Math.floor(v)} pixels, share of the new layers ${(v % 1).toFixed(2)}`,
    faces: what => `Six faces, ${what}`
  }
})

const FACES = 6
const SIZE = 16
const STEP = SIZE + 1

export async function build({ run, name }) {
  const defaults = { seed: 0, grown: 0 }
  const at = state(name, defaults)
  const ask = remote("drawing-worker.js")
  const [latent, last] = [await ask(run, "latent"), await ask(run, "last")]
  at.grown = Math.min(Math.max(at.grown, 0), last)
  const picture = canvas(3 * STEP - 1, 2 * STEP - 1, 6, "")
  const { box: said, say } = status()

  const draw = latest(async () => {
    const stage = Math.ceil(at.grown)
    const growth = [stage, at.grown % 1 || 1] // the share of the last stage's layers
    const faces = await Promise.all(Array.from({ length: FACES }, (_, i) => ask(run, "draw", normal(at.seed + i, latent), growth)))
    faces.forEach((face, i) => paint(picture, face, STEP * (i % 3), STEP * Math.floor(i / 3)))
    const what = words.faces(words.pixels(at.grown))
    picture.setAttribute("aria-label", what)
    say(what)
    remember(name, at, defaults)
  })
  const grown = slider(words.grown, { min: 0, max: last, step: 0.05, value: at.grown, text: words.pixels }, v => {
    at.grown = Number(v.toFixed(2))
    draw()
  })
  const seed = number(words.seed, at.seed, v => { at.seed = v; draw() })
  const another = button(words.another, () => {
    at.seed = Math.floor(Math.random() * 99_990)
    seed.set(at.seed)
    draw()
  })
  await draw()
  return [grown.box, element("div", { class: "bench-after" }, picture), said, row(seed.box, another)]
}
