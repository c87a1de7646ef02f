// Two players on the plane: GAN, WGAN and WGAN-GP as gan_minimal/models tells them, a round being
// a generator that yields who moves, and what that player's loss is.

import { adam, backward, clipWeights, forward, gradientPenalty, network, output, rmsprop, zeros } from "./networks.js"
import { normal, uniform } from "./random.js"

export const LATENT = 2
const BATCH = 64

const softplus = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const sigmoid = x => 1 / (1 + Math.exp(-x))

// A loss of one score: its value and its slope.
const losses = {
  real: x => [softplus(-x), -sigmoid(-x)], // -log D
  fake: x => [softplus(x), sigmoid(x)], // -log(1 - D)
  raise: x => [-x, -1],
  lower: x => [x, 1]
}

// The mean loss of a batch of scores, and its gradient.
function mean(loss, scores) {
  let sum = 0
  const slopes = scores.map(score => {
    const [value, slope] = loss(score)
    sum += value
    return slope / scores.length
  })
  return [sum / scores.length, slopes]
}

// The mean loss of the scores of points; adds its gradients.
export function judge(critic, points, loss, gradients) {
  const values = forward(critic, points)
  const [value, slopes] = mean(loss, values.at(-1))
  backward(critic, values, slopes, gradients)
  return value
}

// The mean loss of the scores of what the generator makes of latents; adds its gradients.
export function imitate(critic, generator, latents, loss, gradients) {
  const made = forward(generator, latents)
  const values = forward(critic, made.at(-1))
  const [value, slopes] = mean(loss, values.at(-1))
  backward(generator, made, backward(critic, values, slopes), gradients)
  return value
}

export const rounds = {
  // --8<-- [start:gan]
  *gan({ generator, critic, critics, generators, real, noise, make }) {
    for (let k = 0; k < critics; k++) {
      const gradients = zeros(critic)
      const loss = judge(critic, real(), losses.real, gradients) + judge(critic, make(noise()), losses.fake, gradients)
      yield { player: "critic", loss, gradients }
    }
    for (let k = 0; k < generators; k++) {
      const gradients = zeros(generator)
      const loss = imitate(critic, generator, noise(), losses.real, gradients)
      yield { player: "generator", loss, gradients }
    }
  },
  // --8<-- [end:gan]

  // --8<-- [start:wgan]
  *wgan({ generator, critic, critics, generators, clip, real, noise, make }) {
    for (let k = 0; k < critics; k++) {
      const gradients = zeros(critic)
      const fake = make(noise())
      const loss = judge(critic, fake, losses.lower, gradients) + judge(critic, real(), losses.raise, gradients)
      yield { player: "critic", loss, gradients }
      clipWeights(critic, clip) // after the move
    }
    for (let k = 0; k < generators; k++) {
      const gradients = zeros(generator)
      const loss = imitate(critic, generator, noise(), losses.raise, gradients)
      yield { player: "generator", loss, gradients }
    }
  },
  // --8<-- [end:wgan]

  // --8<-- [start:wgan_gp]
  *wgan_gp({ generator, critic, critics, generators, penalty, real, noise, make, shares }) {
    for (let k = 0; k < critics; k++) {
      const gradients = zeros(critic)
      const [reals, fakes, alpha] = [real(), make(noise()), shares()]
      let loss = judge(critic, fakes, losses.lower, gradients) + judge(critic, reals, losses.raise, gradients)
      // one share for each pair of points
      const between = reals.map((v, k) => v + alpha[k >> 1] * (fakes[k] - v))
      loss += penalty * gradientPenalty(critic, between, penalty, gradients)
      yield { player: "critic", loss, gradients }
    }
    for (let k = 0; k < generators; k++) {
      const gradients = zeros(generator)
      const loss = imitate(critic, generator, noise(), losses.raise, gradients)
      yield { player: "generator", loss, gradients }
    }
  }
  // --8<-- [end:wgan_gp]
}

// Data on the plane: a mixture of equally likely, equally wide round Gaussians.
export const mixtures = {
  ring: { sigma: 0.15, centres: around(8, 2) },
  grid: { sigma: 0.08, centres: [-2, -1, 0, 1, 2].flatMap(x => [-2, -1, 0, 1, 2].map(y => [x, y])) },
  two: { sigma: 0.25, centres: [[-1.2, 0], [1.2, 0]] }
}

function around(n, radius) {
  const angles = Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n)
  return angles.map(a => [radius * Math.cos(a), radius * Math.sin(a)])
}

// `n` points of a mixture, x and y in turn, from number `start` of the stream `seed` on.
export function points({ sigma, centres }, n, seed, start = 0) {
  const noise = Float64Array.from(normal(seed, 2 * n, 2 * start))
  for (let i = 0; i < n; i++) {
    const [x, y] = centres[Math.floor(uniform(seed + 1, start + i) * centres.length)]
    noise[2 * i] = x + sigma * noise[2 * i]
    noise[2 * i + 1] = y + sigma * noise[2 * i + 1]
  }
  return noise
}

// A game that has not begun. `settings` may be changed while it is played.
export function game(kind, mixture, settings) {
  const { seed, width, betas } = settings
  const generator = network([LATENT, width, width, 2], 100 * seed + 1)
  const critic = network([2, width, width, 1], 100 * seed + 2)
  const players = { generator, critic }
  const lr = { generator: () => settings.lr, critic: () => settings.lr * settings.faster }
  const optimizer = name => kind === "wgan" ? rmsprop(players[name], lr[name]) : adam(players[name], lr[name], betas)
  const optimizers = { generator: optimizer("generator"), critic: optimizer("critic") }

  const drawn = { real: 0, noise: 0, shares: 0 } // how far each stream has been used
  const next = (name, n) => (drawn[name] += n) - n
  const table = {
    generator, critic,
    real: () => points(mixture, BATCH, 100 * seed + 3, next("real", BATCH)),
    noise: () => Float64Array.from(normal(100 * seed + 5, LATENT * BATCH, LATENT * next("noise", BATCH))),
    shares: () => {
      const start = next("shares", BATCH)
      return Array.from({ length: BATCH }, (_, i) => uniform(100 * seed + 6, start + i))
    },
    make: latents => output(generator, latents)
  }
  const state = { rounds: 0, player: "", loss: {} }
  const story = (function* () { // round after round, with nothing between two of them
    for (;;) {
      yield* rounds[kind]({ ...settings, ...table })
      state.rounds++
      yield null
    }
  })()
  const move = turn => {
    optimizers[turn.player](turn.gradients)
    state.player = turn.player
    state.loss[turn.player] = turn.loss
  }
  const playMove = () => move(story.next().value ?? story.next().value)
  const playRound = () => { // or what is left of it
    for (let turn = story.next().value; turn; turn = story.next().value) move(turn)
  }
  const fakes = n => table.make(Float64Array.from(normal(100 * seed + 7, LATENT * n)))
  return { kind, players, state, playMove, playRound, fakes }
}

// ------------------------------------------------------------------ what is looked at

export const SIDE = 3 // the picture goes from -3 to 3 along both axes

// The middles of n x n cells, row by row from the top, x and y in turn.
export function cells(n) {
  const at = i => (((i + 0.5) / n) * 2 - 1) * SIDE
  return Float64Array.from({ length: 2 * n * n }, (_, k) => {
    const cell = k >> 1
    return k % 2 ? -at(Math.floor(cell / n)) : at(cell % n)
  })
}

// The critic's score in each cell.
export const field = (critic, n) => Float32Array.from(output(critic, cells(n)))

// The density of a mixture in each cell, seen through a Gaussian blur of deviation `blur`.
export function density({ sigma, centres }, n, blur) {
  const variance = sigma ** 2 + blur ** 2
  const middles = cells(n)
  return Float64Array.from({ length: n * n }, (_, k) => {
    let sum = 0
    for (const [x, y] of centres)
      sum += Math.exp(-((middles[2 * k] - x) ** 2 + (middles[2 * k + 1] - y) ** 2) / (2 * variance))
    return sum / centres.length / (2 * Math.PI * variance)
  })
}

// The same of points: counted in cells, then blurred along both axes.
export function estimate(points, n, blur) {
  const cell = (2 * SIDE) / n
  const counts = new Float64Array(n * n)
  for (let k = 0; k < points.length; k += 2) {
    const [i, j] = [Math.floor((SIDE - points[k + 1]) / cell), Math.floor((points[k] + SIDE) / cell)]
    if (i >= 0 && j >= 0 && i < n && j < n) counts[i * n + j] += 2 / points.length / cell ** 2
  }
  const reach = Math.ceil((4 * blur) / cell)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-(((k - reach) * cell) ** 2) / (2 * blur ** 2)))
  const total = kernel.reduce((a, b) => a + b)
  const blurred = (from, step, line) => {
    const to = new Float64Array(n * n)
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++)
        for (let k = -reach; k <= reach; k++)
          if (b + k >= 0 && b + k < n) to[a * line + b * step] += (kernel[k + reach] / total) * from[a * line + (b + k) * step]
    return to
  }
  return blurred(blurred(counts, 1, n), n, 1)
}

// The best discriminator there is against what the generator draws now: p / (p + q), both seen
// through the same blur. Where neither has anything it is undecided.
export function ideal(mixture, fakes, n, blur = 0.15) {
  const q = estimate(fakes, n, blur)
  return density(mixture, n, blur).map((p, k) => (p + q[k] > 1e-6 ? p / (p + q[k]) : 0.5))
}

// How many of the mixture's centres the fakes reach: those with a quarter of their share within
// three deviations; and which part of all fakes lies within three deviations of some centre.
export function coverage({ sigma, centres }, fakes) {
  const n = fakes.length / 2
  const near = centres.map(() => 0)
  for (let k = 0; k < 2 * n; k += 2) {
    const distances = centres.map(([x, y]) => Math.hypot(fakes[k] - x, fakes[k + 1] - y))
    const nearest = distances.indexOf(Math.min(...distances))
    if (distances[nearest] < 3 * sigma) near[nearest]++
  }
  const covered = near.filter(count => count >= n / centres.length / 4).length
  return { covered, of: centres.length, good: near.reduce((a, b) => a + b, 0) / n }
}
