// Draws: told a run, one of its functions and what that takes, it returns what the function does.

import { answer } from "./remote.js"
import { load } from "./zoo.js"

answer(async (run, name, ...values) => {
  const what = (await load(run))[name]
  return typeof what === "function" ? what(...values) : what
})
