import { memoryBackend } from '@rollcall/backend-memory';
import { Discovery, Registrar, registryIdentifiers, rollcallModule } from '@rollcall/inversify';
import { Container, inject, injectable } from 'inversify';

const audit = registryIdentifiers('audit');

/** What a user writes who has `experimentalDecorators` and names each dependency. */
@injectable()
class OrderGateway {
  @inject(audit.Discovery) readonly audited!: Discovery;

  constructor(
    @inject(Registrar) private readonly registrar: Registrar,
    @inject(Discovery) private readonly discovery: Discovery,
  ) {}

  async told(): Promise<string> {
    await this.registrar.register({ service: 'orders', endpoints: ['http://10.0.0.5:80'] });
    const [here, audited] = await Promise.all([this.discovery.services(), this.audited.services()]);
    return `${here.join()} here, ${audited.length} audited`;
  }
}

/** The class, resolved and asked. */
export async function told(): Promise<string> {
  const container = new Container();
  container.load(
    rollcallModule({ config: 'memory:', backends: [memoryBackend()] }),
    rollcallModule({ config: 'memory:', backends: [memoryBackend()], identifiers: audit }),
  );
  container.bind(OrderGateway).toSelf().inSingletonScope();
  const answer = await container.get(OrderGateway).told();
  await container.unbindAllAsync();
  return answer;
}
