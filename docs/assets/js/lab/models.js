// The generators of gan_minimal/models, layer by layer as they stand there.
//
// Each function takes the weights of a recorded run and the settings of its model, and returns what
// the page needs: how long a latent vector is, and functions that draw images (C, H, W) in [-1, 1].

import {
  add, affine, batchNorm2d, clamp, concat, conv2d, convTranspose2d, embedding, enlarge,
  instanceNorm2d, leakyRelu, lerp, linear, map, pad, pixelNorm, relu, reshape, sigmoid, tanh
} from "./layers.js"
import { part, tensor } from "./safetensors.js"

// Two linear layers of an autoencoder's decoder, or more: 0, 2, 4 and so on.
function decoder(weights, { size, channels, hidden }) {
  const layers = Array.from({ length: hidden.length + 1 }, (_, i) => part(weights, `decoder.${2 * i}`))
  const latent = layers[0].weight.shape[1]
  const draw = z => {
    const x = layers.reduce((x, layer, i) => linear(i ? relu(x) : x, layer), tensor([latent], z))
    return clamp(reshape(x, [channels, size, size]))
  }
  return { latent, draw }
}

function gan(weights, { size, channels }) {
  const [first, second, third] = [0, 2, 4].map(i => part(weights, `generator.layers.${i}`))
  const latent = first.weight.shape[1]
  const draw = z => {
    let x = relu(linear(tensor([latent], z), first))
    x = sigmoid(linear(relu(linear(x, second)), third))
    return reshape(map(x, v => 2 * v - 1), [channels, size, size])
  }
  return { latent, draw }
}

// --8<-- [start:dcgan]
function dcgan(weights, { size }) {
  const layer = i => part(weights, `generator.${i}`)
  const upsamplings = Math.log2(size) - 2 // from 4x4 to size x size
  const hidden = Array.from({ length: upsamplings }, (_, i) => [layer(3 * i + 1), layer(3 * i + 2)])
  const last = layer(3 * upsamplings + 1)
  const latent = hidden[0][0].weight.shape[0]
  const draw = z => {
    let x = tensor([latent, 1, 1], z)
    hidden.forEach(([conv, norm], i) => {
      const shape = i ? { stride: 2, padding: 1 } : { stride: 1, padding: 0 } // 1 -> 4, then x2
      x = relu(batchNorm2d(convTranspose2d(x, conv, shape), norm))
    })
    return tanh(convTranspose2d(x, last, { stride: 2, padding: 1 }))
  }
  return { latent, draw }
}
// --8<-- [end:dcgan]

function wganGp(weights, { size, width }) {
  const sizes = [size]
  while (sizes.at(-1) > 4) sizes.push(Math.ceil(sizes.at(-1) / 2))
  const first = part(weights, "generator.0")
  const doublings = sizes.slice(0, -1).map((_, i) => part(weights, `generator.${2 * i + 3}`))
  const latent = first.weight.shape[1]
  const draw = z => {
    const coarsest = sizes.at(-1)
    let x = linear(tensor([latent], z), first)
    x = reshape(x, [width * 2 ** (sizes.length - 2), coarsest, coarsest])
    doublings.forEach((layer, i) => {
      const [small, large] = [sizes.at(-1 - i), sizes.at(-2 - i)]
      const outputPadding = large - 2 * small + 1 // twice the size, or one pixel less
      x = convTranspose2d(relu(x), layer, { stride: 2, padding: 2, outputPadding })
    })
    return tanh(x)
  }
  return { latent, draw }
}

// --8<-- [start:cgan]
function convCgan(weights, { classes, latent, generator_widths: widths }) {
  const layer = path => part(weights, `generator.${path}`)
  const embeddings = classes.map((_, i) => layer(`embedding.${i}`))
  const first = layer("first")
  const convs = widths.slice(1).map((_, i) => layer(`layers.${i}`))
  const norms = widths.map((_, i) => [layer(`norms.${i}.norm`), layer(`norms.${i}.affine`)])
  const last = layer("last")
  const twice = { stride: 2, padding: 1 }
  const draw = (z, labels) => {
    const embedded = labels.map((label, i) => embedding(label, embeddings[i]))
    const condition = concat(tensor([latent], z), ...embedded)
    let x = reshape(linear(condition, first), [widths[0], 4, 4])
    norms.forEach(([norm, told], i) => {
      if (i) x = convTranspose2d(x, convs[i - 1], twice) // 4 -> 8 -> 16
      x = relu(affine(batchNorm2d(x, norm), linear(condition, told)))
    })
    return tanh(convTranspose2d(x, last, twice)) // -> 32
  }
  return { latent, classes, draw }
}
// --8<-- [end:cgan]

// Weights as their layer uses them: equalised learning rate (PGGAN, section 4.1).
function equalized(weights, path, { gain = Math.SQRT2, lrMul = 1, transposed = false } = {}) {
  const { original: weight } = part(weights, `${path}.parametrizations.weight`)
  const { original: bias } = part(weights, `${path}.parametrizations.bias`)
  const fanIn = weight.data.length / weight.shape[transposed ? 1 : 0]
  const scale = (lrMul * gain) / Math.sqrt(fanIn)
  return { weight: map(weight, v => scale * v), bias: bias && map(bias, v => lrMul * v) }
}

// The highest stage after `step` rounds, and its share in the image.
function growth(step, first, last, rounds) {
  if (step >= (last - first) * 2 * rounds) return [last, 1]
  const stage = first + Math.floor(step / (2 * rounds))
  const alpha = Math.max(0, (step % (2 * rounds)) - rounds) / rounds
  return alpha ? [stage + 1, alpha] : [stage, 1]
}

const fadeIn = (old, now, alpha) => lerp(enlarge(old, now.shape[1]), now, alpha)

// --8<-- [start:pggan]
function pggan(weights, { size, latent, rounds }) {
  const last = Math.log2(size) - 2
  const blocks = Array.from({ length: last + 1 }, (_, i) =>
    (i ? [1, 3] : [2, 4]).map(j => equalized(weights, `generator.blocks.${i}.${j}.0`))
  )
  const toRgb = blocks.map((_, i) => equalized(weights, `generator.to_rgb.${i}`, { gain: 1 }))
  const played = weights["generator.rounds_played"].data[0]
  const conv = (x, layer, padding = 1) => pixelNorm(leakyRelu(conv2d(x, layer, { padding })))
  // `stage` and `alpha` as in the middle of growing; by default the finished network's
  const draw = (z, [stage, alpha] = growth(played, 0, last, rounds)) => {
    let x = pixelNorm(tensor([latent, 1, 1], z))
    x = conv(conv(x, blocks[0][0], 3), blocks[0][1]) // 1x1 -> 4x4
    let previous = x
    for (const [first, second] of blocks.slice(1, stage + 1)) {
      previous = x
      x = conv(conv(enlarge(x, 2 * x.shape[1]), first), second) // twice as large
    }
    let image = conv2d(x, toRgb[stage])
    if (alpha < 1) image = fadeIn(conv2d(previous, toRgb[stage - 1]), image, alpha)
    return clamp(enlarge(image, size))
  }
  return { latent, draw, last }
}
// --8<-- [end:pggan]

// 3x3 kernels as 4x4 ones, the average of four shifted copies: a layer that doubles uses them so.
function fused({ weight: { shape: [a, b], data } }) {
  const wide = tensor([a, b, 4, 4])
  for (let k = 0; k < a * b; k++)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (const [u, v] of [[i, j], [i + 1, j], [i, j + 1], [i + 1, j + 1]])
          wide.data[16 * k + 4 * u + v] += data[9 * k + 3 * i + j] / 4
  return { weight: wide }
}

// Smooths each channel with [1, 2, 1] / 4 along both axes; outside there are zeros.
function blurred(x) {
  const { shape: [channels, height, width], data } = pad(x, 1)
  const y = tensor(x.shape)
  for (let c = 0, k = 0; c < channels; c++)
    for (let i = 1; i < height - 1; i++)
      for (let j = 1; j < width - 1; j++, k++) {
        const line = at => data[at - 1] + 2 * data[at] + data[at + 1]
        const at = (c * height + i) * width + j
        y.data[k] = (line(at - width) + 2 * line(at) + line(at + width)) / 16
      }
  return y
}

// --8<-- [start:stylegan]
function stylegan(weights, { size, latent, depth, rounds, lr_mul: lrMul = 0.01, blur = true, tanh: ends = false }) {
  const last = Math.log2(size) - 2
  const mappingLayers = Array.from({ length: depth }, (_, i) =>
    equalized(weights, `generator.mapping.layers.${i}`, { lrMul })
  )
  const layers = Array.from({ length: 2 * last + 2 }, (_, i) => {
    const path = `generator.layers.${i}`
    const doubles = i > 1 && i % 2 === 0
    const up = { gain: 4 * Math.SQRT2, transposed: true } // the sum of four copies
    return {
      doubles,
      conv: doubles ? fused(equalized(weights, `${path}.conv.0`, up))
        : i ? equalized(weights, `${path}.conv`) : null, // the first one has none
      told: equalized(weights, `${path}.affine`, { gain: 1 }),
      strength: weights[`${path}.noise_strength`].data,
      bias: weights[`${path}.bias`].data
    }
  })
  const toRgb = Array.from({ length: last + 1 }, (_, i) =>
    equalized(weights, `generator.to_rgb.${i}`, { gain: 1 })
  )
  const constant = weights["generator.constant"]
  const average = weights["generator.w_avg"]
  const played = weights["generator.rounds_played"].data[0]
  const sizes = layers.map((_, i) => 4 * 2 ** Math.floor(i / 2)) // of the maps of noise

  const style = z => // z to w
    mappingLayers.reduce((w, layer) => leakyRelu(linear(w, layer)), pixelNorm(tensor([latent], z)))
  const truncate = (w, psi) => lerp(average, w, psi)

  // Convolution, noise, bias, LeakyReLU, style (figure 1b)
  const styled = (x, { doubles, conv, told, strength, bias }, w, noise) => {
    if (conv) x = doubles ? convTranspose2d(x, conv, { stride: 2, padding: 1 }) : conv2d(x, conv, { padding: 1 })
    if (doubles && blur) x = blurred(x)
    const plane = x.data.length / x.shape[0]
    const data = x.data.map((v, k) => {
      const c = Math.floor(k / plane)
      return v + strength[c] * noise[k % plane] + bias[c]
    })
    return affine(instanceNorm2d(leakyRelu(tensor(x.shape, data)), {}, 1e-8), linear(w, told))
  }

  // one style w for each layer, and one map of noise
  const draw = (styles, noise) => {
    const [stage, alpha] = growth(played, 1, last, rounds)
    let x = reshape(constant, constant.shape.slice(1)), previous = x
    for (let i = 0; i < 2 * stage + 2; i++) {
      if (i === 2 * stage) previous = x // this layer doubles for the last time
      x = styled(x, layers[i], styles[i], noise[i])
    }
    let image = conv2d(x, toRgb[stage])
    if (alpha < 1) image = fadeIn(conv2d(previous, toRgb[stage - 1]), image, alpha)
    return clamp(enlarge(ends ? tanh(image) : image, size))
  }
  return { latent, style, truncate, draw, sizes }
}
// --8<-- [end:stylegan]

// --8<-- [start:pix2pix]
function pix2pix(weights, { downsamplings, dropout_layers: dropout }) {
  if (dropout) throw new Error("a generator with dropout draws something else every time")
  const layer = path => part(weights, `generator.${path}`)
  const twice = { stride: 2, padding: 1 }
  const down = Array.from({ length: downsamplings }, (_, i) => [
    layer(`encoder.${i}.${i ? 1 : 0}`), i && i < downsamplings - 1 ? layer(`encoder.${i}.2`) : null
  ])
  const up = Array.from({ length: downsamplings }, (_, i) => [
    layer(`decoder.${i}.1`), i < downsamplings - 1 ? layer(`decoder.${i}.2`) : null
  ])
  const translate = image => {
    let x = image
    const skips = down.map(([conv, norm], i) => {
      x = conv2d(i ? leakyRelu(x) : x, conv, twice)
      if (norm) x = instanceNorm2d(x, norm)
      return x
    })
    skips.pop()
    for (const [conv, norm] of up) {
      x = convTranspose2d(relu(x), conv, twice)
      if (norm) x = instanceNorm2d(x, norm)
      if (skips.length) x = concat(skips.pop(), x)
    }
    return tanh(x)
  }
  return { translate }
}
// --8<-- [end:pix2pix]

function cyclegan(weights, { downsamplings = 2, residual_blocks: blocks }) {
  const translator = direction => {
    const layer = i => part(weights, `generators.${direction}.${i}`)
    const tidy = x => relu(instanceNorm2d(x))
    return image => {
      let i = 1
      let x = tidy(conv2d(pad(image, 3, true), layer(i)))
      for (let d = 0; d < downsamplings; d++)
        x = tidy(conv2d(x, layer((i += 3)), { stride: 2, padding: 1 }))
      i += 3
      for (let b = 0; b < blocks; b++, i++) {
        const inner = tidy(conv2d(pad(x, 1, true), layer(`${i}.residual.1`)))
        x = add(x, instanceNorm2d(conv2d(pad(inner, 1, true), layer(`${i}.residual.5`))))
      }
      for (let d = 0; d < downsamplings; d++, i += 3)
        x = tidy(convTranspose2d(x, layer(i), { stride: 2, padding: 1, outputPadding: 1 }))
      return tanh(conv2d(pad(x, 3, true), layer(i + 1)))
    }
  }
  const directions = { a_to_b: translator("a_to_b"), b_to_a: translator("b_to_a") }
  return { translate: (image, direction = "a_to_b") => directions[direction](image) }
}

// --8<-- [start:stargan]
function stargan(weights, { downsamplings, residual_blocks: blocks, domains, discriminator_downsamplings: halvings }) {
  const layer = path => part(weights, `generator.layers.${path}`)
  const translate = (image, labels) => {
    const [, height, width] = image.shape
    const planes = labels.map(label => tensor([1, height, width], new Float32Array(height * width).fill(label)))
    let i = 0
    const tidy = x => relu(instanceNorm2d(x, layer(i + 1)))
    let x = tidy(conv2d(concat(image, ...planes), layer(i), { padding: 3 }))
    for (i = 3; i < 3 + 3 * downsamplings; i += 3) x = tidy(conv2d(x, layer(i), { stride: 2, padding: 1 }))
    for (let b = 0; b < blocks; b++, i++) {
      const inside = j => layer(`${i}.residual.${j}`)
      const inner = relu(instanceNorm2d(conv2d(x, inside(0), { padding: 1 }), inside(1)))
      x = add(x, instanceNorm2d(conv2d(inner, inside(3), { padding: 1 }), inside(4)))
    }
    for (let d = 0; d < downsamplings; d++, i += 3)
      x = tidy(convTranspose2d(x, layer(i), { stride: 2, padding: 1 }))
    return tanh(conv2d(x, layer(i), { padding: 3 }))
  }
  // The labels, zeros and ones, that the discriminator reads off an image.
  const read = image => {
    let x = image
    for (let i = 0; i < halvings; i++)
      x = leakyRelu(conv2d(x, part(weights, `discriminator.body.${2 * i}`), { stride: 2, padding: 1 }), 0.01)
    return Array.from(conv2d(x, part(weights, "discriminator.cls")).data, logit => Number(logit > 0))
  }
  return { domains, translate, read }
}
// --8<-- [end:stargan]

export const models = {
  autoencoder: decoder, vae: decoder, gan, dcgan, wgan: dcgan, wgan_gp: wganGp,
  cgan_conv: convCgan, pggan, stylegan, pix2pix, cyclegan, stargan
}
