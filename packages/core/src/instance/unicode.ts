/** How many bytes `text` takes in UTF-8. A lone surrogate counts as the three bytes of U+FFFD, which encoders write for it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Two units of a pair are four bytes: one more for each, hence nothing special about surrogates unless they stand alone.
    if (unit > 0x7f) bytes += unit > 0x7ff && !isPaired(text, index, unit) ? 2 : 1;
  }
  return bytes;
}

function isPaired(text: string, index: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdfff) return false;
  const other = text.charCodeAt(unit < 0xdc00 ? index + 1 : index - 1); // NaN outside the text
  return unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other < 0xdc00;
}

/** Whether `text` holds half of a surrogate pair, which no UTF-8 can carry (I4). */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

/** Whether `text` holds a control character, U+0000–001F or U+007F–009F (I2). */
export function hasControlCharacter(text: string): boolean {
  return /\p{Control}/u.test(text);
}
