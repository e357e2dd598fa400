import { renderSVG, renderUnicodeCompact } from 'uqr'

// M: a sticker on a bar may lose a corner. Scanners want four modules of white around it.
const SVG = { ecc: 'M', border: 4 } as const
// On a terminal there is not much room; two do as well.
const TEXT = { ecc: 'M', border: 2 } as const

/** A QR code as an SVG picture, black on white. */
export function qrSvg(text: string): string {
  return renderSVG(text, SVG)
}

/**
 * A QR code in half blocks, a line a line, for terminals that write light on dark; with `coloured`
 * the colours are set, so that it is right on any.
 */
export function qrText(text: string, { coloured = false } = {}): string {
  const lines = renderUnicodeCompact(text, TEXT).split('\n')
  return lines.map((line) => (coloured ? `\x1b[97;40m${line}\x1b[0m` : line)).join('\n')
}
