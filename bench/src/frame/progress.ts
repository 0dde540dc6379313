/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that is written over and over, on a terminal only: anywhere else it would be noise. */
export class Progress implements Disposable {
  readonly #stream: ProgressStream;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    if (this.#stream.isTTY === true) this.#stream.write(`\r\u001B[K${text}`);
  }

  [Symbol.dispose](): void {
    this.show('');
  }
}
