// Calls functions in a worker, so that the page never stands still while they run.

const workers = []

// Return a function that asks the worker in `file` and promises what it answers.
export function remote(file) {
  const waiting = new Map()
  const worker = new Worker(new URL(file, import.meta.url), { type: "module" })
  workers.push(worker)
  let asked = 0
  worker.addEventListener("message", ({ data: { id, value, error } }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(new Error(error))
    else resolve(value)
  })
  return (...values) => new Promise((resolve, reject) => {
    waiting.set(++asked, { resolve, reject })
    worker.postMessage({ id: asked, values })
  })
}

// End all workers: their page is gone.
export function dismiss() {
  while (workers.length) workers.pop().terminate()
}

// In the worker: answer every question with what `f` makes of it.
export function answer(f) {
  addEventListener("message", async ({ data: { id, values } }) => {
    try {
      postMessage({ id, value: await f(...values) })
    } catch (error) {
      postMessage({ id, error: String(error) })
    }
  })
}
