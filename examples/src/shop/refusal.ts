/** A service says no. It travels back to the customer, through every service that has asked another one. */
export class Refusal extends Error {
  /** Of HTTP: 409 when there is not enough, 503 when nobody answers. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
