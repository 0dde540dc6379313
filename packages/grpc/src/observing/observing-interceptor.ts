import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import type { CallObserver } from '../call-observer.ts';
import { ObservedCall } from './observed-call.ts';
import { ObservedMetadata } from './observed-metadata.ts';

/** Tells `observer` of the calls that pass. */
export function observingInterceptor(service: string, observer: CallObserver): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition.path.replace(/^\//, '');
    return new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        const call = ObservedCall.begin(observer, { service, method });
        if (call === undefined) {
          next(metadata, listener);
          return;
        }
        next(new ObservedMetadata(metadata, call), {
          onReceiveStatus(status, tell) {
            call.ended(status.code);
            tell(status);
          },
        });
      },
    });
  };
}

/** Tells nobody. */
export const passing: Interceptor = (options, nextCall) => new InterceptingCall(nextCall(options));
