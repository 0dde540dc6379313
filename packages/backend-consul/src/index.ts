export { ConsulDriver, type ConsulTerms } from './consul-driver.ts';
