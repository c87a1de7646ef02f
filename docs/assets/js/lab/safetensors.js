// Reads weights as gan_minimal/zoo stores them.

// A tensor is its shape and its numbers, the last axis running fastest, as in PyTorch. An image is
// one tensor (C, H, W): no generator here looks at other images of a batch when it draws.
export function tensor(shape, data) {
  return { shape, data: data ?? new Float32Array(shape.reduce((a, b) => a * b, 1)) }
}

const readers = {
  F32: bytes => new Float32Array(bytes),
  F16: bytes => Float32Array.from(new Uint16Array(bytes), fromHalf),
  I64: bytes => Float64Array.from(new BigInt64Array(bytes), Number)
}

// Half precision: 1 bit of sign, 5 of exponent, 10 of fraction.
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

// The file: the length of its header in 8 bytes, the header in JSON, then the numbers themselves.
export function parse(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  delete header.__metadata__
  const weights = {}
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(header)) {
    if (!(dtype in readers)) throw new Error(`${name} has the type ${dtype}, which is not read here`)
    const bytes = buffer.slice(8 + length + begin, 8 + length + end)
    weights[name] = tensor(shape, readers[dtype](bytes))
  }
  return weights
}

// The tensors of one layer: part(weights, "generator.1") has weight and, if there is one, bias.
export function part(weights, path) {
  const start = `${path}.`
  const inside = Object.entries(weights).filter(([name]) => name.startsWith(start))
  return Object.fromEntries(inside.map(([name, value]) => [name.slice(start.length), value]))
}
