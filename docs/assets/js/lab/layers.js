// The layers of PyTorch that our generators have, each for one image (C, H, W) or one vector.
// Sums run in double precision; results are stored in single precision, like the weights.

import { tensor } from "./safetensors.js"

export const map = (x, f) => tensor(x.shape, x.data.map(f))
export const relu = x => map(x, v => (v > 0 ? v : 0))
export const leakyRelu = (x, slope = 0.2) => map(x, v => (v > 0 ? v : slope * v))
export const tanh = x => map(x, Math.tanh)
export const sigmoid = x => map(x, v => 1 / (1 + Math.exp(-v)))
export const clamp = x => map(x, v => Math.min(Math.max(v, -1), 1))
export const add = (a, b) => tensor(a.shape, a.data.map((v, i) => v + b.data[i]))
export const lerp = (a, b, t) => tensor(a.shape, a.data.map((v, i) => v + t * (b.data[i] - v)))
export const reshape = (x, shape) => tensor(shape, x.data)

// Side by side along the first axis: channels of images of one size, or numbers of vectors.
export function concat(...parts) {
  const data = new Float32Array(parts.reduce((n, x) => n + x.data.length, 0))
  let at = 0
  for (const { data: numbers } of parts) {
    data.set(numbers, at)
    at += numbers.length
  }
  const first = parts.reduce((n, x) => n + x.shape[0], 0)
  return tensor([first, ...parts[0].shape.slice(1)], data)
}

function dot(a, i, b, j, n) {
  let sum = 0
  for (let k = 0; k < n; k++) sum += a[i + k] * b[j + k]
  return sum
}

export function linear(x, { weight, bias }) {
  const [outputs, inputs] = weight.shape
  const y = tensor([outputs])
  for (let o = 0; o < outputs; o++)
    y.data[o] = dot(weight.data, o * inputs, x.data, 0, inputs) + (bias ? bias.data[o] : 0)
  return y
}

export function embedding(index, { weight: { shape: [, width], data } }) {
  return tensor([width], data.slice(index * width, (index + 1) * width))
}

// Around an image: zeros, or the image itself mirrored at its border pixels.
export function pad(x, width, mirrored = false) {
  if (!width) return x
  const [channels, height, across] = x.shape
  const y = tensor([channels, height + 2 * width, across + 2 * width])
  const inside = (i, n) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i)
  let at = 0
  for (let c = 0; c < channels; c++)
    for (let i = -width; i < height + width; i++)
      for (let j = -width; j < across + width; j++, at++) {
        const outside = i < 0 || j < 0 || i >= height || j >= across
        if (outside && !mirrored) continue
        y.data[at] = x.data[(c * height + inside(i, height)) * across + inside(j, across)]
      }
  return y
}

// Each patch that a kernel sees lies in one row, so that a convolution is rows times rows.
export function conv2d(x, { weight, bias }, { stride = 1, padding = 0 } = {}) {
  const [outputs, inputs, kernelHeight, kernelWidth] = weight.shape
  const { shape: [, height, width], data } = pad(x, padding)
  const high = Math.floor((height - kernelHeight) / stride) + 1
  const wide = Math.floor((width - kernelWidth) / stride) + 1
  const length = inputs * kernelHeight * kernelWidth
  const patch = new Float32Array(length)
  const y = tensor([outputs, high, wide])
  for (let i = 0; i < high; i++)
    for (let j = 0; j < wide; j++) {
      let at = 0
      for (let c = 0; c < inputs; c++)
        for (let u = 0; u < kernelHeight; u++) {
          const row = (c * height + i * stride + u) * width + j * stride
          for (let v = 0; v < kernelWidth; v++) patch[at++] = data[row + v]
        }
      for (let o = 0; o < outputs; o++) {
        const sum = dot(weight.data, o * length, patch, 0, length)
        y.data[(o * high + i) * wide + j] = sum + (bias ? bias.data[o] : 0)
      }
    }
  return y
}

// Kernels (inputs, outputs, h, w) with the inputs last, arranged once for each set of weights.
const arranged = new WeakMap()
function inputsLast(weight) {
  if (!arranged.has(weight)) {
    const [inputs, ...rest] = weight.shape
    const length = rest.reduce((a, b) => a * b)
    const data = new Float32Array(weight.data.length)
    for (let i = 0; i < inputs; i++)
      for (let k = 0; k < length; k++) data[k * inputs + i] = weight.data[i * length + k]
    arranged.set(weight, data)
  }
  return arranged.get(weight)
}

// Every pixel stamps its kernel onto a larger image, `stride` pixels from the next one's; what is
// stamped twice is summed, and `padding` pixels are cut off all around.
export function convTranspose2d(
  x, { weight, bias }, { stride = 1, padding = 0, outputPadding = 0 } = {}
) {
  const [inputs, outputs, kernelHeight, kernelWidth] = weight.shape
  const [, height, width] = x.shape
  const high = (height - 1) * stride - 2 * padding + kernelHeight + outputPadding
  const wide = (width - 1) * stride - 2 * padding + kernelWidth + outputPadding
  const kernels = inputsLast(weight)
  const sums = new Float64Array(outputs * high * wide)
  const pixel = new Float32Array(inputs)
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      for (let c = 0; c < inputs; c++) pixel[c] = x.data[(c * height + i) * width + j]
      for (let u = 0; u < kernelHeight; u++) {
        const row = i * stride + u - padding
        if (row < 0 || row >= high) continue
        for (let v = 0; v < kernelWidth; v++) {
          const column = j * stride + v - padding
          if (column < 0 || column >= wide) continue
          for (let o = 0; o < outputs; o++) {
            const kernel = ((o * kernelHeight + u) * kernelWidth + v) * inputs
            sums[(o * high + row) * wide + column] += dot(kernels, kernel, pixel, 0, inputs)
          }
        }
      }
    }
  const plane = high * wide
  const data = Float32Array.from(sums, (sum, k) => sum + (bias ? bias.data[Math.floor(k / plane)] : 0))
  return tensor([outputs, high, wide], data)
}

// Every channel c of an image becomes scale(c) * channel + shift(c).
function perChannel(x, scale, shift) {
  const plane = x.data.length / x.shape[0]
  const y = tensor(x.shape)
  for (let c = 0, k = 0; c < x.shape[0]; c++) {
    const [a, b] = [scale(c), shift(c)]
    for (let end = k + plane; k < end; k++) y.data[k] = a * x.data[k] + b
  }
  return y
}

// In evaluation mode: by the means and variances that were gathered while training.
export function batchNorm2d(x, { running_mean, running_var, weight, bias }) {
  const scale = c => (weight ? weight.data[c] : 1) / Math.sqrt(running_var.data[c] + 1e-5)
  return perChannel(x, scale, c => (bias ? bias.data[c] : 0) - scale(c) * running_mean.data[c])
}

// By the mean and the (biased) variance of each channel of this one image.
export function instanceNorm2d(x, { weight, bias } = {}, eps = 1e-5) {
  const plane = x.data.length / x.shape[0]
  const means = [], scales = []
  for (let c = 0; c < x.shape[0]; c++) {
    const channel = x.data.subarray(c * plane, (c + 1) * plane)
    means[c] = channel.reduce((a, b) => a + b, 0) / plane
    const variance = channel.reduce((a, b) => a + (b - means[c]) ** 2, 0) / plane
    scales[c] = (weight ? weight.data[c] : 1) / Math.sqrt(variance + eps)
  }
  return perChannel(x, c => scales[c], c => (bias ? bias.data[c] : 0) - scales[c] * means[c])
}

// Scale and shift (2C numbers, the scale less one) are told from outside, by a style or a label.
export function affine(x, told) {
  const channels = x.shape[0]
  return perChannel(x, c => 1 + told.data[c], c => told.data[channels + c])
}

// The features of each pixel to a mean square of 1.
export function pixelNorm(x) {
  const channels = x.shape[0], plane = x.data.length / channels
  const y = tensor(x.shape)
  for (let k = 0; k < plane; k++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += x.data[c * plane + k] ** 2
    const scale = 1 / Math.sqrt(sum / channels + 1e-8)
    for (let c = 0; c < channels; c++) y.data[c * plane + k] = scale * x.data[c * plane + k]
  }
  return y
}

// Every pixel repeated, so that the image gets `size` pixels a side: a multiple of what it has.
export function enlarge(x, size) {
  const [channels, height, width] = x.shape
  const y = tensor([channels, size, size])
  const times = size / height
  for (let c = 0, k = 0; c < channels; c++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++, k++)
        y.data[k] = x.data[(c * height + Math.floor(i / times)) * width + Math.floor(j / times)]
  return y
}
