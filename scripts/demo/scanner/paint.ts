import { seededRandom } from '#shared/random.ts';
import { cut, type Organ } from './anatomy.ts';
import { type Grid, sliceZ } from './study.ts';

const AIR = -1000;

/** What a slice shows: `of` gives each organ's value (undefined: it does not show), the rest is `outside`. */
export function paintSlice(
  lie: Grid,
  slice: number,
  organs: readonly Organ[],
  of: (organ: Organ) => number | undefined,
  outside = AIR,
): Float32Array {
  const image = new Float32Array(lie.rows * lie.columns).fill(outside);
  const z = sliceZ(lie, slice);
  for (const organ of organs) {
    const value = of(organ);
    const chord = cut(organ, z);
    if (value !== undefined && chord) fillEllipse(image, lie, { cx: organ.centre[0], cy: organ.centre[1], ...chord }, value);
  }
  return image;
}

interface Ellipse {
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
}

function fillEllipse(image: Float32Array, lie: Grid, { cx, cy, rx, ry }: Ellipse, value: number): void {
  const [left, top] = lie.origin;
  const first = Math.max(0, Math.ceil((cy - ry - top) / lie.spacing));
  const last = Math.min(lie.rows - 1, Math.floor((cy + ry - top) / lie.spacing));
  for (let row = first; row <= last; row += 1) {
    const height = (top + row * lie.spacing - cy) / ry;
    const half = rx * Math.sqrt(Math.max(0, 1 - height * height));
    const from = Math.max(0, Math.ceil((cx - half - left) / lie.spacing));
    const to = Math.min(lie.columns, Math.floor((cx + half - left) / lie.spacing) + 1);
    if (to > from) image.fill(value, row * lie.columns + from, row * lie.columns + to);
  }
}

/** The bytes of 16-bit pixels, little endian, with noise: each pixel's standard deviation is `noise` of its value. */
export function noisyPixels(image: Float32Array, seed: number, noise: (value: number) => number, range: readonly [number, number]): Buffer {
  const random = seededRandom(seed);
  const bytes = Buffer.alloc(image.length * 2);
  for (let index = 0; index < image.length; index += 1) {
    const value = image[index] ?? 0;
    // Two even numbers make a triangle of variance 1/6: near enough to a bell.
    const shake = (random() + random() - 1) * 2.449 * noise(value);
    const stored = Math.min(range[1], Math.max(range[0], Math.round(value + shake)));
    bytes.writeUInt16LE(stored & 0xffff, index * 2);
  }
  return bytes;
}
