/** An answer began, and broke off. Neither client makes such a call again: only who asks knows whether that does harm. */
export class BrokenAnswerError extends Error {
  override readonly name: string = 'BrokenAnswerError';

  constructor(cause: unknown) {
    super('The answer broke off.', { cause });
  }
}
