// Writes Hangul (CGAN): a syllable's three letters are its labels, the noise is the hand.

import { button, canvas, element, inLanguage, latest, number, paint, remember, row, slider, state, status, text } from "./bench.js"
import { normal } from "./random.js"
import { remote } from "./remote.js"

const words = inLanguage({
  ko: {
    text: "쓸 글", hand: "손글씨의 시드", another: "다른 손", spread: "노이즈의 크기",
    copy: "그림으로 복사", save: "그림으로 저장", copied: "그림을 복사했다.", failed: "이 브라우저는 그림을 복사하지 못한다. 저장은 된다.",
    strange: left => `한글 음절이 아니어서 쓰지 않은 글자: ${left}`,
    written: (what, hand) => `시드 ${hand}의 손으로 썼다: ${what}`,
    picture: what => `생성자가 쓴 글: ${what}`, letters: "라벨"
  },
  en: {
    text: "Text in Hangul", hand: "Seed of the hand", another: "Another hand", spread: "Size of the noise",
    copy: "Copy as a picture", save: "Save as a picture", copied: "Copied the picture.", failed: "This browser cannot copy pictures. Saving works.",
    strange: left => `Not written, since they are no Korean syllables: ${left}`,
    written: (what, hand) => `Wrote ${what} in the hand of seed ${hand}.`,
    picture: what => `What the generator wrote: ${what}`, letters: "Labels"
  }
})

const FIRST = 0xac00 // 가; the 11,172 syllables follow in the order of their letters
const LONGEST = 20
const INITIAL = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"]
const MEDIAL = [..."ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"]
const FINAL = ["–", ..."ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]

// The indices of a syllable's initial, vowel and final; null if it is none.
export function decompose(syllable) {
  const number = syllable.codePointAt(0) - FIRST
  if (number < 0 || number >= 11172) return null
  return [Math.floor(number / 588), Math.floor((number % 588) / 28), number % 28]
}

export async function build({ run, name }) {
  const defaults = { text: "안녕하세요", hand: 0, spread: 1 }
  const at = state(name, defaults)
  const ask = remote("drawing-worker.js")
  const latent = await ask(run, "latent")
  const { box: said, say } = status()
  const size = 32
  const paper = canvas(size, size, 4, "")
  const letters = element("p", { class: "bench-note" })

  const draw = latest(async () => {
    const characters = [...at.text.normalize("NFC")].slice(0, LONGEST)
    const written = characters.filter(c => c === " " || decompose(c))
    const strange = characters.filter(c => !written.includes(c))
    const z = normal(at.hand, latent).map(v => at.spread * v)
    const glyphs = await Promise.all(written.map(c => c === " " ? null : ask(run, "draw", z, decompose(c))))
    paper.width = Math.max(size * glyphs.length, size)
    paper.style.setProperty("--w", paper.width)
    const brush = paper.getContext("2d")
    brush.fillStyle = "#fff"
    brush.fillRect(0, 0, paper.width, size)
    glyphs.forEach((glyph, i) => glyph && paint(paper, glyph, size * i))
    const what = written.join("")
    paper.setAttribute("aria-label", words.picture(what))
    const parts = written.filter(c => c !== " ").map(c => {
      const [i, m, f] = decompose(c)
      return `${c} = ${INITIAL[i]} ${MEDIAL[m]} ${FINAL[f]}`
    })
    letters.textContent = `${words.letters}: ${parts.join(", ")}`
    say([words.written(what, at.hand), strange.length ? words.strange(strange.join(" ")) : ""].join(" "))
    remember(name, at, defaults)
  })

  const what = text(words.text, at.text, { maxlength: LONGEST, lang: "ko", autocomplete: "off" }, v => { at.text = v; draw() })
  const hand = number(words.hand, at.hand, v => { at.hand = v; draw() })
  const another = button(words.another, () => {
    at.hand = Math.floor(Math.random() * 100_000)
    hand.set(at.hand)
    draw()
  })
  const spread = slider(words.spread, { min: 0, max: 2, step: 0.05, value: at.spread, text: v => v.toFixed(2) }, v => { at.spread = v; draw() })

  const blob = () => new Promise(done => { // four times as large, as it stands in the page
    const large = element("canvas", { width: 4 * paper.width, height: 4 * size })
    const brush = large.getContext("2d")
    brush.imageSmoothingEnabled = false
    brush.drawImage(paper, 0, 0, large.width, large.height)
    large.toBlob(done, "image/png")
  })
  const copy = button(words.copy, async () => {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob() })])
      say(words.copied)
    } catch {
      say(words.failed)
    }
  })
  const save = button(words.save, async () => {
    const url = URL.createObjectURL(await blob())
    element("a", { href: url, download: "hangul.png" }).click()
    URL.revokeObjectURL(url)
  })

  await draw()
  return [row(what.box, hand.box, another), spread.box, element("div", { class: "bench-scroll" }, paper), letters, said, row(copy, save)]
}
