// Recorded runs, as gan_minimal/zoo has them; a run is fetched once and kept.

import { models } from "./models.js"
import { parse } from "./safetensors.js"

const folder = new URL("../../zoo/", import.meta.url)
const loaded = new Map()

async function fetched(name) {
  const answer = await fetch(new URL(name, folder))
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer
}

async function read(name) {
  const [record, weights] = await Promise.all([
    fetched(`${name}.json`).then(answer => answer.json()),
    fetched(`${name}.safetensors`).then(answer => answer.arrayBuffer())
  ])
  return models[record.model](parse(weights), record.settings.model)
}

// Return the model of a recorded run with its weights.
export function load(name) {
  if (!loaded.has(name)) loaded.set(name, read(name))
  return loaded.get(name)
}
