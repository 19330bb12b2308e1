// What would make a serial connection better, found without changing anything.
import type { PortInfo } from './sysfs.js';

const GOOD_LATENCY_MS = 1;

/** Sentences for people, each with what to do. Measured gain of the latency timer alone: fifteen-fold for ping-pong. */
export function portAdvice(port: PortInfo | undefined): string[] {
  const latency = port?.latencyMs;
  if (port === undefined || latency === undefined || latency <= GOOD_LATENCY_MS) return [];
  const name = port.path.replace(/^.*\//, '');
  const folder = `/sys/bus/usb-serial/devices/${name}`;
  return [
    `${port.path} is an FTDI bridge that lets bytes wait ${latency} ms for company: ` +
      `echo ${GOOD_LATENCY_MS} | sudo tee ${folder}/latency_timer; and echo 256 | sudo tee ${folder}/event_char ` +
      'makes it send at the end of every frame (event character 0x00)',
  ];
}

/** Of the baud test. */
export function lineAdvice(asked: number, answered: number, baud: number): string[] {
  if (answered === asked) return [];
  return [
    `${asked - answered} of ${asked} HELLOs at ${baud} baud were not answered: ` +
      'the rates differ by some percent, or the line is noisy; try a lower rate, a shorter cable',
  ];
}
