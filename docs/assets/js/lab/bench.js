// What all benches share: how one is opened, its controls, its pictures, its state in the address.

import { dismiss } from "./remote.js"
import { tensor } from "./safetensors.js"

const language = document.documentElement.lang

// The words of one language from `{ ko, en }`.
export const inLanguage = words => words[language] ?? words.ko

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes))
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
    else if (typeof value === "boolean") made.toggleAttribute(key, value)
    else made.setAttribute(key, value)
  made.append(...content)
  return made
}

export const button = (label, onclick, attributes = {}) =>
  element("button", { type: "button", onclick, ...attributes }, label)

let ids = 0
function labelled(label, control, ...more) {
  control.id = `bench-${++ids}`
  return element("div", { class: "bench-control" }, element("label", { for: control.id }, label), control, ...more)
}

// A slider with its value beside it, in words if `text` makes some. `set` moves it from outside.
export function slider(label, { min, max, step, value, text = String }, oninput) {
  const control = element("input", { type: "range", min, max, step, value })
  const shown = element("output", { "aria-hidden": "true" }) // a screen reader has aria-valuetext
  const tell = () => {
    shown.textContent = text(Number(control.value))
    control.setAttribute("aria-valuetext", shown.textContent)
  }
  control.addEventListener("input", () => {
    tell()
    oninput(Number(control.value))
  })
  tell()
  const set = value => {
    control.value = value
    tell()
  }
  return { box: labelled(label, control, shown), set }
}

export function choice(label, options, value, onchange) {
  const control = element("select", {}, ...Object.entries(options).map(([key, name]) =>
    element("option", { value: key, selected: key === value }, name)))
  control.addEventListener("change", () => onchange(control.value))
  return { box: labelled(label, control), set: value => { control.value = value } }
}

export function number(label, value, onchange) {
  const control = element("input", { type: "number", min: 0, max: 99999, step: 1, value })
  control.addEventListener("change", () => onchange(tidy(control.value, 0)))
  return { box: labelled(label, control), set: value => { control.value = value } }
}

export function text(label, value, attributes, oninput) {
  const control = element("input", { type: "text", value, ...attributes })
  control.addEventListener("input", () => oninput(control.value))
  return { box: labelled(label, control), set: value => { control.value = value } }
}

export function check(label, value, onchange) {
  const control = element("input", { type: "checkbox", checked: value })
  control.addEventListener("change", () => onchange(control.checked))
  const box = element("div", { class: "bench-control" }, element("label", {}, control, " ", label))
  return { box, set: value => { control.checked = value } }
}

export const row = (...content) => element("div", { class: "bench-row" }, ...content)

// A picture of `width` by `height` pixels, each shown `times` times as large where there is room.
export function canvas(width, height, times, label) {
  return element("canvas", {
    width, height, role: "img", "aria-label": label, class: "bench-pixels", style: `--w:${width};--x:${times}`
  })
}

// Put an image (C, H, W) in [-1, 1] onto a canvas.
export function paint(canvas, { shape: [channels, height, width], data }, left = 0, top = 0) {
  const picture = new ImageData(width, height)
  const plane = height * width
  for (let k = 0; k < plane; k++) {
    for (let c = 0; c < 3; c++) picture.data[4 * k + c] = Math.round((data[(c % channels) * plane + k] + 1) * 127.5)
    picture.data[4 * k + 3] = 255
  }
  canvas.getContext("2d").putImageData(picture, left, top)
}

// The image (C, H, W) in [-1, 1] that a part of a canvas shows, in colour or in grey.
export function look(canvas, left, top, width, height, channels = 3) {
  const { data } = canvas.getContext("2d", { willReadFrequently: true }).getImageData(left, top, width, height)
  const plane = width * height
  const image = tensor([channels, height, width])
  for (let k = 0; k < plane; k++) {
    const colours = [0, 1, 2].map(c => data[4 * k + c] / 127.5 - 1)
    if (channels === 3) colours.forEach((v, c) => { image.data[c * plane + k] = v })
    else image.data[k] = (colours[0] + colours[1] + colours[2]) / 3
  }
  return image
}

// A function that runs `work` with what is newest, and never twice at the same time.
export function latest(work) {
  let running = false, again = false
  return async () => {
    again = true
    if (running) return
    running = true
    try {
      while (again) {
        again = false
        await work()
      }
    } finally {
      running = false
    }
  }
}

// A line that a screen reader reads out, once what changes has come to rest.
export function status() {
  const box = element("p", { class: "bench-status", role: "status" })
  let timer
  const say = words => {
    clearTimeout(timer)
    timer = setTimeout(() => { box.textContent = words }, 400)
  }
  return { box, say }
}

function tidy(value, otherwise) {
  if (typeof otherwise !== "number") return value
  const number = Number(value)
  return Number.isFinite(number) && value !== "" ? number : otherwise
}

// The state of a bench, from the address of the page where it stands there: ?bench=latent-vae&a=7
export function state(name, defaults) {
  const given = new URLSearchParams(location.search)
  const own = given.get("bench") === name
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) =>
    [key, own && given.has(key) ? tidy(given.get(key), value) : value]))
}

// Write the state into the address, what is as it was at first left out. Not at every step of a
// slider: browsers allow a page a hundred changes in half a minute.
let later
export function remember(name, values, defaults) {
  clearTimeout(later)
  const page = location.pathname
  later = setTimeout(() => {
    if (location.pathname !== page) return // the reader has gone on
    const address = new URL(location)
    address.search = ""
    address.searchParams.set("bench", name)
    for (const [key, value] of Object.entries(values))
      if (value !== defaults[key]) address.searchParams.set(key, value)
    history.replaceState(history.state, "", address)
  }, 300)
}

export const moves = () => !matchMedia("(prefers-reduced-motion: reduce)").matches

// Instant navigation swaps pages without loading anew, so workers would outlive their page.
let current = false
document$.subscribe(() => { if (current) dismiss() }) // called at once for the page that is there
current = true

// Build the bench into its box, where the recorded picture was.
export async function open(box) {
  const styles = element("link", { rel: "stylesheet", href: new URL("lab.css", import.meta.url) })
  const styled = new Promise(done => styles.addEventListener("load", done))
  if (!document.querySelector("link[href$='lab/lab.css']")) document.head.append(styles)
  else styles.dispatchEvent(new Event("load"))
  const [{ build }] = await Promise.all([import(`./${box.dataset.bench}.js`), styled])
  const content = await build(box.dataset)
  box.replaceChildren(...content)
  box.classList.add("bench-opened")
  box.querySelector("button, input, select")?.focus({ preventScroll: true })
}
