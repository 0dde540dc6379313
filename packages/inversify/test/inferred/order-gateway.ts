// As many users do, though inversify brings what it needs of it.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { memoryBackend } from '@rollcall/backend-memory';
// Used as types only, but what is written into the metadata is their values.
// oxlint-disable-next-line typescript/consistent-type-imports
import { Discovery, Registrar, rollcallModule } from '@rollcall/inversify';
import { Container, injectable } from 'inversify';

/** What a user writes who has `emitDecoratorMetadata` too: the types of the parameters are the identifiers. */
@injectable()
class OrderGateway {
  constructor(
    private readonly registrar: Registrar,
    private readonly discovery: Discovery,
  ) {}

  async told(): Promise<string> {
    await this.registrar.register({ service: 'orders', endpoints: ['http://10.0.0.5:80'] });
    return `${(await this.discovery.services()).join()} here`;
  }
}

/** The class, resolved and asked. */
export async function told(): Promise<string> {
  const container = new Container();
  container.load(rollcallModule({ config: 'memory:', backends: [memoryBackend()] }));
  container.bind(OrderGateway).toSelf().inSingletonScope();
  const answer = await container.get(OrderGateway).told();
  await container.unbindAllAsync();
  return answer;
}
