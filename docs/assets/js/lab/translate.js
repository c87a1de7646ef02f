// Translates a syllable from print to brush (Pix2Pix, CycleGAN): typed, drawn by hand, or a picture.

import { button, canvas, choice, element, inLanguage, latest, look, paint, remember, row, state, status, text } from "./bench.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    text: "글자 하나", board: "32픽셀 판: 여기에 직접 그려도 된다", clear: "판 지우기", file: "그림 파일 읽기",
    direction: "방향", directions: { a_to_b: "인쇄체 → 붓글씨", b_to_a: "붓글씨 → 인쇄체" },
    translated: "옮긴 글자", back: "다시 되돌린 글자", told: "판의 글자를 옮겼다.", unreadable: "그림으로 읽을 수 없는 파일이다."
  },
  en: {
    text: "One character", board: "A board of 32 pixels: you can draw on it", clear: "Clear the board", file: "Read a picture",
    direction: "Direction", directions: { a_to_b: "print → brush", b_to_a: "brush → print" },
    translated: "Translated", back: "And back again", told: "Translated what is on the board.", unreadable: "This file cannot be read as a picture."
  }
})

const SIZE = 32
const INK = 30 // pixels that a character may have at most, as in the data
const LARGE = 8 // times as large a character is drawn before its ink is measured

export async function build({ run, name }) {
  const twoWays = run === "cyclegan"
  const defaults = { text: "꿈", direction: "a_to_b" }
  const at = state(name, defaults)
  if (!(at.direction in words.directions)) at.direction = defaults.direction
  const ask = remote("drawing-worker.js")
  const { box: said, say } = status()
  const board = canvas(SIZE, SIZE, 6, words.board)
  const translated = canvas(SIZE, SIZE, 6, words.translated), back = canvas(SIZE, SIZE, 6, words.back)
  const brush = board.getContext("2d", { willReadFrequently: true })

  const draw = latest(async () => {
    const there = await ask(run, "translate", look(board, 0, 0, SIZE, SIZE, 1), at.direction)
    paint(translated, there)
    if (twoWays) paint(back, await ask(run, "translate", there, at.direction === "a_to_b" ? "b_to_a" : "a_to_b"))
    say(words.told)
    remember(name, at, defaults)
  })

  const wipe = () => {
    brush.fillStyle = "#fff"
    brush.fillRect(0, 0, SIZE, SIZE)
  }
  // A picture onto the board, as large as it may be, and in the middle.
  const put = (picture, width, height, most) => {
    const scale = most / Math.max(width, height)
    wipe()
    brush.imageSmoothingQuality = "high"
    brush.drawImage(picture, (SIZE - scale * width) / 2, (SIZE - scale * height) / 2, scale * width, scale * height)
  }
  // Like the glyphs of the data: black, centred by its ink. The font is this device's.
  const write = character => {
    wipe()
    if (!character) return
    const side = 2 * LARGE * SIZE
    const large = element("canvas", { width: side, height: side })
    const pen = large.getContext("2d", { willReadFrequently: true })
    pen.font = `${LARGE * INK}px sans-serif`
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    pen.fillText(character, side / 2, side / 2)
    const { data } = pen.getImageData(0, 0, side, side)
    let [left, top, right, bottom] = [side, side, -1, -1]
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        if (data[4 * (y * side + x) + 3] > 8) {
          left = Math.min(left, x)
          right = Math.max(right, x)
          top = Math.min(top, y)
          bottom = y
        }
    if (right < 0) return
    const [width, height] = [right - left + 1, bottom - top + 1]
    const ink = element("canvas", { width, height })
    ink.getContext("2d").drawImage(large, -left, -top)
    put(ink, width, height, INK)
  }

  const pointed = event => {
    if (!event.buttons) return
    const [x, y] = [event.offsetX / board.clientWidth * SIZE, event.offsetY / board.clientHeight * SIZE]
    brush.fillStyle = "#000"
    brush.beginPath()
    brush.arc(x, y, 1.4, 0, 7)
    brush.fill()
    draw()
  }
  board.addEventListener("pointerdown", pointed)
  board.addEventListener("pointermove", pointed)

  const what = text(words.text, at.text, { maxlength: 8, lang: "ko", autocomplete: "off" }, value => {
    at.text = [...value.normalize("NFC")].at(-1) ?? ""
    write(at.text)
    draw()
  })
  const clear = button(words.clear, () => { wipe(); draw() })
  const file = element("input", { type: "file", accept: "image/*", id: `${name}-file` })
  file.addEventListener("change", async () => {
    try {
      const picture = await createImageBitmap(file.files[0])
      put(picture, picture.width, picture.height, SIZE)
      draw()
    } catch {
      say(words.unreadable)
    }
  })
  const direction = choice(words.direction, words.directions, at.direction, value => { at.direction = value; draw() })
  const figure = (picture, caption) => element("figure", {}, picture, element("figcaption", {}, caption))

  write(at.text)
  await draw()
  return [
    row(what.box, clear, ...(twoWays ? [direction.box] : [])),
    element("div", { class: "bench-row bench-after" }, figure(board, words.board), figure(translated, words.translated), ...(twoWays ? [figure(back, words.back)] : [])),
    row(element("div", { class: "bench-control" }, element("label", { for: file.id }, words.file), file)),
    said
  ]
}
