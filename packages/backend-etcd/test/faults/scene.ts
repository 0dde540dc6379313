import { randomUUID } from 'node:crypto';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';
import { type OpenRegistry, Scene as SharedScene } from '@rollcall/testing-faults';
import { EtcdAdmin } from '@rollcall/testing-servers';

/** etcd's declared lag (L3). */
export const lagMs = 1_500;

/** The driver's default bound on reaching one endpoint. */
export const dialMs = 2_000;

/** What a scene plays on. */
interface Stage {
  /** Of the server itself. */
  readonly url: string;
  readonly ttlMs: number;
  /** An endpoint that every client but the observer is told before the one of its own network. */
  readonly firstEndpoint?: string;
}

/** A scene on one server of etcd. */
export class Scene extends SharedScene {
  readonly admin: EtcdAdmin;
  readonly url: string;

  constructor({ url, ...stage }: Stage) {
    const { hostname: host, port } = new URL(url);
    super({ ...stage, open, lagMs, prefix: `/rollcall-${randomUUID()}`, target: { host, port: Number(port) } });
    this.url = url;
    this.admin = new EtcdAdmin(url);
  }

  /** Opens a scene, and waits until everyone stands and is seen. */
  static async open(stage: Stage): Promise<Scene> {
    const scene = new Scene(stage);
    await scene.raise();
    return scene;
  }

  /** Where an entry stands; the ids of scenes need no escapes. */
  readonly keyOf = (id: string): string => {
    return `${this.prefix}/instances/${this.service}/${id}`;
  };
}

const open: OpenRegistry = ({ endpoints, prefix }, options) =>
  openRegistry({ backend: 'etcd', endpoints, prefix }, { backends: [etcdBackend()], ...options });
