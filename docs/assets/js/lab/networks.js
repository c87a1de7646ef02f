// Small fully connected networks that learn in the page, in double precision: linear layers with
// LeakyReLU between them. Gradients are written out by hand; tests hold them to PyTorch's.
// What goes through a network is a batch: rows of numbers, one behind the other in one array.

import { uniform } from "./random.js"

const SLOPE = 0.2 // of LeakyReLU below zero

// Weights and biases from U(-1 / sqrt(inputs), 1 / sqrt(inputs)), as PyTorch's nn.Linear has them.
export function network(sizes, seed) {
  let at = 0
  const drawn = (n, limit) => Float64Array.from({ length: n }, () => limit * (2 * uniform(seed, at++) - 1))
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]
    const limit = 1 / Math.sqrt(inputs)
    return { inputs, outputs, weight: drawn(inputs * outputs, limit), bias: drawn(outputs, limit) }
  })
}

export const zeros = layers => layers.map(({ weight, bias }) => ({
  weight: new Float64Array(weight.length), bias: new Float64Array(bias.length)
}))

// Each row of x times W: x Wᵀ in matrices.
function times({ inputs, outputs, weight }, x) {
  const rows = x.length / inputs
  const y = new Float64Array(rows * outputs)
  for (let r = 0; r < rows; r++)
    for (let o = 0; o < outputs; o++) {
      let sum = 0
      for (let i = 0, a = o * inputs, b = r * inputs; i < inputs; i++) sum += weight[a + i] * x[b + i]
      y[r * outputs + o] = sum
    }
  return y
}

// Each row of y times the transpose of W: y W.
function timesTransposed({ inputs, outputs, weight }, y) {
  const rows = y.length / outputs
  const x = new Float64Array(rows * inputs)
  for (let r = 0; r < rows; r++)
    for (let o = 0; o < outputs; o++) {
      const factor = y[r * outputs + o]
      for (let i = 0, a = o * inputs, b = r * inputs; i < inputs; i++) x[b + i] += factor * weight[a + i]
    }
  return x
}

// Adds to `sums` the product yᵀ x: what the rows do to each weight between them.
function addProduct(sums, { inputs, outputs }, y, x) {
  const rows = y.length / outputs
  for (let r = 0; r < rows; r++)
    for (let o = 0; o < outputs; o++) {
      const factor = y[r * outputs + o]
      for (let i = 0, a = o * inputs, b = r * inputs; i < inputs; i++) sums[a + i] += factor * x[b + i]
    }
}

// What each layer is given, the input first, and last the output.
export function forward(layers, input) {
  const values = [input]
  layers.forEach((layer, l) => {
    const y = times(layer, values[l])
    const { outputs, bias } = layer
    const hidden = l < layers.length - 1
    for (let k = 0; k < y.length; k++) {
      y[k] += bias[k % outputs]
      if (hidden && y[k] <= 0) y[k] *= SLOPE
    }
    values.push(y)
  })
  return values
}

export const output = (layers, input) => forward(layers, input).at(-1)

// Scales `gradient` by the slopes of the LeakyReLU that gave `values`; they have its signs.
function throughLeakyRelu(gradient, values) {
  for (let k = 0; k < gradient.length; k++) if (values[k] <= 0) gradient[k] *= SLOPE
  return gradient
}

// Takes the gradient at the output to the input; adds those of weights and biases to `gradients`.
export function backward(layers, values, atOutput, gradients) {
  let gradient = atOutput
  for (let l = layers.length - 1; l >= 0; l--) {
    if (gradients) {
      addProduct(gradients[l].weight, layers[l], gradient, values[l])
      const { outputs } = layers[l]
      for (let k = 0; k < gradient.length; k++) gradients[l].bias[k % outputs] += gradient[k]
    }
    gradient = timesTransposed(layers[l], gradient)
    if (l) throughLeakyRelu(gradient, values[l])
  }
  return gradient
}

// The mean of (slope - 1)² of a network with one output at points of the plane; adds `weight` times
// its gradients.
//
// The gradient at a point is a product of matrices and of the slopes of LeakyReLU, which do not
// change with the weights. So the gradient of each factor is what stands before it times what comes
// behind it: `before` runs from the output to the input, `behind` back again.
export function gradientPenalty(layers, points, weight, gradients) {
  const values = forward(layers, points)
  const n = points.length / 2
  const before = [] // of each layer: the gradient at what it gives
  let gradient = new Float64Array(n).fill(1)
  for (let l = layers.length - 1; l >= 0; l--) {
    before[l] = gradient
    gradient = timesTransposed(layers[l], gradient)
    if (l) throughLeakyRelu(gradient, values[l])
  }
  let penalty = 0
  let behind = new Float64Array(2 * n)
  for (let k = 0; k < 2 * n; k += 2) {
    const slope = Math.hypot(gradient[k], gradient[k + 1])
    penalty += (slope - 1) ** 2 / n
    for (const i of [k, k + 1]) behind[i] = (weight * 2 * (slope - 1) * gradient[i]) / slope / n
  }
  layers.forEach((layer, l) => {
    addProduct(gradients[l].weight, layer, before[l], behind)
    behind = times(layer, behind)
    if (l < layers.length - 1) throughLeakyRelu(behind, values[l + 1])
  })
  return penalty
}

export function clipWeights(layers, clip) {
  for (const layer of layers)
    for (const numbers of [layer.weight, layer.bias])
      for (let i = 0; i < numbers.length; i++) numbers[i] = Math.min(Math.max(numbers[i], -clip), clip)
}

// Optimisers as PyTorch has them: each returns a function that moves `layers` against gradients.
// `lr` is a function, since the reader may change it.
export function adam(layers, lr, [beta1, beta2]) {
  const [means, squares] = [zeros(layers), zeros(layers)]
  let t = 0
  return gradients => {
    t++
    const [rate, mean, square] = [lr() / (1 - beta1 ** t), 1 - beta1, 1 - beta2]
    const correction = Math.sqrt(1 - beta2 ** t)
    layers.forEach((layer, l) => {
      for (const name of ["weight", "bias"]) {
        const [p, g, m, v] = [layer, gradients[l], means[l], squares[l]].map(each => each[name])
        for (let i = 0; i < p.length; i++) {
          m[i] += mean * (g[i] - m[i])
          v[i] += square * (g[i] * g[i] - v[i])
          p[i] -= (rate * m[i]) / (Math.sqrt(v[i]) / correction + 1e-8)
        }
      }
    })
  }
}

export function rmsprop(layers, lr, alpha = 0.99) {
  const squares = zeros(layers)
  return gradients => {
    const rate = lr()
    layers.forEach((layer, l) => {
      for (const name of ["weight", "bias"]) {
        const [p, g, v] = [layer, gradients[l], squares[l]].map(each => each[name])
        for (let i = 0; i < p.length; i++) {
          v[i] += (1 - alpha) * (g[i] * g[i] - v[i])
          p[i] -= (rate * g[i]) / (Math.sqrt(v[i]) + 1e-8)
        }
      }
    })
  }
}
