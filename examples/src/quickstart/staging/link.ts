import { consoleDiagnostics, type DiagnosticEvent } from '@rollcall/core';

/** How a link is cut. */
export interface LinkParts {
  cut(): void;
  restore(): void;
}

/** The consumer's way to the backend, which the demo cuts on purpose. Providers have ways of their own. */
export class Link {
  readonly #parts: LinkParts;
  #isCut = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  cut(): void {
    this.#isCut = true;
    this.#parts.cut();
  }

  restore(): void {
    this.#isCut = false;
    this.#parts.restore();
  }
}

/** Writes what nobody tells: of a watch that breaks because the link is cut, and that comes back, the story does. */
export function diagnosticsBeside(link: Link | undefined): (event: DiagnosticEvent) => void {
  const write = consoleDiagnostics();
  return (event) => {
    const isTold = event.type === 'watch-resumed' || (event.type === 'watch-interrupted' && link?.isCut === true);
    if (!isTold) write(event);
  };
}
