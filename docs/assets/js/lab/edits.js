// Edits of faces (StarGAN), each beside the exact picture. Faces and exact pictures come from the
// sheet that was recorded with the run: a row of eleven edits, and below it a row of right answers.

import { button, canvas, choice, element, inLanguage, latest, look, paint, remember, row, state, status } from "./bench.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    faces: "고칠 얼굴", face: i => `얼굴 ${i + 1}`, edit: "무엇을 바꿀까",
    edits: ["금발", "짙은 금발", "연갈색 머리", "갈색 머리", "검은색 머리", "파란색 머리", "빨간색 머리", "초록색 머리", "안경 쓰기·벗기", "모자 쓰기·벗기", "웃는 입·슬픈 입"],
    before: "처음 얼굴", after: "StarGAN이 고친 얼굴", exact: "정답 그림",
    told: (i, edit, error) => `얼굴 ${i + 1}, ${edit}. 정답 그림과의 평균 차이는 ${error}이다(눈금은 −1에서 1).`
  },
  en: {
    faces: "The face to edit", face: i => `Face ${i + 1}`, edit: "What to change",
    edits: ["blonde hair", "dark blonde hair", "light brown hair", "brown hair", "black hair", "blue hair", "red hair", "green hair", "glasses on or off", "hat on or off", "happy or sad mouth"],
    before: "The face as it was", after: "Edited by StarGAN", exact: "The exact picture",
    told: (i, edit, error) => `Face ${i + 1}, ${edit}. It differs from the exact picture by ${error} on average, on the scale from −1 to 1.`
  }
})

const SIZE = 16
const STEP = SIZE + 1 // there is a white line between two pictures of the sheet
const FACES = 6
const COLOURS = 8 // of hair; they exclude each other, the other edits turn something on or off

async function sheet(run) {
  const picture = new Image()
  picture.src = new URL(`../../runs/${run}/edits.webp`, import.meta.url)
  await picture.decode()
  const read = element("canvas", { width: picture.naturalWidth, height: picture.naturalHeight })
  read.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0)
  return (line, column) => look(read, STEP * column, STEP * line, SIZE, SIZE)
}

export async function build({ run, name }) {
  const defaults = { face: 0, edit: 5 }
  const at = state(name, defaults)
  for (const [key, end] of [["face", FACES], ["edit", words.edits.length]])
    at[key] = Math.min(Math.max(Math.round(at[key]), 0), end - 1)
  const ask = remote("drawing-worker.js")
  const picture = await sheet(run)
  const { box: said, say } = status()
  const shown = ["before", "after", "exact"].map(which => canvas(SIZE, SIZE, 8, words[which]))

  const draw = latest(async () => {
    const face = picture(2 * at.face, 0)
    const exact = picture(2 * at.face + 1, at.edit + 1)
    const labels = await ask(run, "read", face)
    if (at.edit < COLOURS) labels.fill(0, 0, COLOURS)
    labels[at.edit] = 1 - labels[at.edit]
    const drawn = await ask(run, "translate", face, labels)
    ;[face, drawn, exact].forEach((image, i) => paint(shown[i], image))
    const error = drawn.data.reduce((sum, v, k) => sum + Math.abs(v - exact.data[k]), 0) / drawn.data.length
    faces.forEach((made, i) => made.setAttribute("aria-pressed", String(i === at.face)))
    say(words.told(at.face, words.edits[at.edit], error.toFixed(3)))
    remember(name, at, defaults)
  })
  const faces = Array.from({ length: FACES }, (_, i) => {
    const small = canvas(SIZE, SIZE, 3, "")
    small.setAttribute("aria-hidden", "true")
    paint(small, picture(2 * i, 0))
    return button(small, () => { at.face = i; draw() }, { class: "bench-face", "aria-label": words.face(i), "aria-pressed": "false" })
  })
  const edit = choice(words.edit, Object.fromEntries(words.edits.map((label, i) => [String(i), label])), String(at.edit), value => {
    at.edit = Number(value)
    draw()
  })
  await draw()
  return [
    element("div", { class: "bench-row", role: "group", "aria-label": words.faces }, ...faces),
    edit.box,
    element("div", { class: "bench-row bench-after" }, ...shown.map((each, i) =>
      element("figure", {}, each, element("figcaption", {}, words[["before", "after", "exact"][i]])))),
    said
  ]
}
