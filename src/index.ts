// What programs may import: the contract, the devices, the path from raw frames to signals.

export { CaptureError, CaptureReader, type CaptureRecord, CaptureWriter } from './capture/index.js';
export * as records from './contract/generated/records.js';
export { CONTRACT_DIGEST, CommandWriter } from './contract/generated/records.js';
export { NAMED_PROFILES, type Profile, parseProfile } from './contract/profile.js';
export { decodeCommand, decodeEvent, encodeCommand, encodeEvent, SymbolicError } from './contract/symbolic.js';
export type { FrameDecoder } from './feed/decoder.js';
export { PolymarketDecoder } from './feed/polymarket/decoder.js';
export type { Device, DigestAnswer, FenceAnswer, Identity } from './hal/device.js';
export { HalError, type HalErrorCode } from './hal/errors.js';
export type { LinkTelemetry } from './hal/link-telemetry.js';
export { listBackends, type OpenOptions, open } from './hal/registry.js';
export { type ReopenOptions, reopen } from './hal/reopen.js';
export type { Supervision, SupervisionChange, SupervisionStatus, SwitchReport } from './hal/supervision.js';
export { type ReplaySummary, replay } from './host/replay.js';
export { type SignalReport, SignalTracker } from './host/signal-tracker.js';
export { openSource, type Source, SourceError, type SourceOptions } from './host/source.js';
export { eventBaskets, implicationBasket, marketBaskets, twoVenueBaskets } from './market/baskets.js';
export { MarketError } from './market/errors.js';
export { readGammaEvents } from './market/gamma.js';
export { buildUniverse, emitSetup, type Universe } from './market/universe.js';
