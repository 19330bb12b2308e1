// What the guest does, and what must come of it. A check gives true, or what is so instead; it is made on this side,
// and nothing that it compares with was computed by the code that it judges.

/** Places on the guest's bus. The other device is no board, and is found first. */
export const OTHER_SLOT = 4;
export const BOARD_SLOT = 5;
const address = (slot) => `0000:00:0${slot}.0`;
const [OTHER, BOARD] = [address(OTHER_SLOT), address(BOARD_SLOT)];
const DEVICES = '/sys/bus/pci/devices';
const FOLDER = `${DEVICES}/${BOARD}`;
/** What QEMU calls shared memory on the PCI bus. */
const IDS = '1af4:1110';

/** Written on one side of the other device's memory and read on the other. */
export const WORD = 0x6b7c8d9e;
export const ANSWER_AT = 8;
export const ANSWER = 0x13572468;

/** While it runs the board ends on this side, once commands have gone through: from then on it reads all ones. */
export const SWITCH_OFF = 'the board is switched off while a session runs';

const STATUS_DEVICE = 6;
const USER = 1000;

const hex = (word) => `0x${word.toString(16).toUpperCase().padStart(8, '0')}`;
/** What a shell does, and how people read it. */
const shell = (...lines) => ({ command: ['sh', '-c', lines.join('\n')], shown: lines.join('\n') });
const gatebook = (...args) => ['node', 'bin/gatebook.js', ...args];

/** @param {unknown} found @param {unknown} wanted */
export const equal = (found, wanted) => found === wanted || `${found}, not ${wanted}`;
const succeeds = ({ status, stderr }) => status === 0 || `status ${status}: ${stderr}`;
const says = (text) => (result) => (succeeds(result) === true ? equal(result.stdout.trim(), text) : succeeds(result));

const fails =
  (code) =>
  ({ status, stderr }) =>
    (status === STATUS_DEVICE && stderr.includes(`${code}: `)) || `status ${status}, not ${code}: ${stderr}`;

const LIST_BUS = shell(
  `cd ${DEVICES}`,
  'for d in *; do',
  '  echo "$d class $(cat $d/class) id $(cat $d/vendor):$(cat $d/device) driver $(basename "$(readlink $d/driver)")"',
  '  for r in $d/resource[0-9] $d/resource[0-9]_wc; do',
  '    [ -e $r ] && echo "    $(basename $r) $(stat -c %s $r) bytes"',
  '  done',
  'done',
  'true',
);

/** Through /dev/mem, which knows nothing of this project; BAR 2 stands in the third line. */
const barOf = (bdf) => `$(sed -n '3s/ .*//p' ${DEVICES}/${bdf}/resource)`;

const DIAGNOSE = `import { diagnose } from '/gatebook/dist/hal/registry.js';
for (const finding of await diagnose(process.argv[1])) console.log(JSON.stringify(finding));`;

/** What stands between the host and a device, as the library tells it: codes, worst or not. */
function diagnosis(name, target, ...codes) {
  const found = ({ stdout }) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).code)
      .join(' ');
  return {
    name,
    command: ['node', '--input-type=module', '-e', DIAGNOSE, `pcie:${target}`],
    shown: `diagnose('pcie:${target}')`,
    seconds: 240,
    check: (result) => (succeeds(result) === true ? equal(found(result), codes.join(' ')) : succeeds(result)),
  };
}

/** What `gatebook doctor` finds of the board: opened, answering, fast or slow, and a link without faults. */
function doctor(target) {
  const spec = `pcie:${target}`;
  const found = ({ stdout }) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ subject, severity }) => subject === spec && severity === 'ok')
      .map(({ code }) => code)
      .join(' ');
  return {
    name: 'doctor',
    command: gatebook('doctor', '--json', '--engine', spec),
    seconds: 240,
    check: (result) =>
      result.stdout === '' ? 'says nothing' : equal(found(result), 'DEVICE ROUND_TRIP THROUGHPUT LINK'),
  };
}

const change = (name, ...lines) => ({ name, ...shell('set -e', ...lines), seconds: 60, check: succeeds });

/** Runs the program; `code` of the error that must keep it from running, nothing where it must run. */
function program(name, target, { events, code, uid }) {
  const runs = (result) => (succeeds(result) === true ? equal(result.sha256, events) : succeeds(result));
  return {
    name,
    command: gatebook('exec', '--engine', `pcie:${target}`),
    input: '/program.ndjson',
    uid,
    seconds: 240,
    check: code === undefined ? runs : fails(code),
  };
}

/** Last line of a replay that ran with --json; empty where there is none. */
export function summaryOf(stdout) {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1));
  } catch {
    return {};
  }
}

const bind = (driver) => [`echo ${driver} > ${FOLDER}/driver_override`, `echo ${BOARD} > /sys/bus/pci/drivers_probe`];
const unbind = [`echo ${BOARD} > ${FOLDER}/driver/unbind`, `echo > ${FOLDER}/driver_override`];
const zero = (at, bytes) =>
  `dd if=/dev/zero of=${FOLDER}/config bs=1 seek=${at} count=${bytes} conv=notrunc 2> /dev/null`;
const [COMMAND, BARS] = [4, 16];
const enable = `echo 1 > ${FOLDER}/enable`;
const rescan = [`echo 1 > ${FOLDER}/remove`, 'echo 1 > /sys/bus/pci/rescan'];

/**
 * @param {object} facts
 * @param {string} facts.capture path of a session in the package
 * @param {Record<string, unknown>} facts.summary of the same session, by the software on this machine
 * @param {string} facts.events SHA-256 of what the program gives there
 * @param {Record<string, number>} facts.bar constants of the window
 * @param {boolean} facts.canSwitchOff whether the board can be ended from here
 */
function openSteps({ capture, summary, events, bar, canSwitchOff }) {
  const control = (field) => `$(($(devmem $((${barOf(BOARD)} + ${bar.MAP_CONTROL + field})) 32)))`;
  const session = (target) => gatebook('replay', capture, '--json', '--engine', `pcie:${target}`);
  const fence = ({ crc32, events: count, commands }) => `crc32 ${crc32} of ${count} events, ${commands} commands`;
  const switchedOff = [
    { name: SWITCH_OFF, command: [...session(BOARD), '--speed', '1'], seconds: 600, check: fails('DEVICE_GONE') },
    diagnosis('a board that is switched off', BOARD, 'PCI_PRESENT', 'BAR_LOST'),
  ].filter(() => canSwitchOff);
  return [
    { name: 'the bus', ...LIST_BUS, seconds: 60, check: succeeds },
    {
      name: 'memory is shared with this machine',
      ...shell(`a=${barOf(OTHER)}`, `devmem $a 32 && devmem $((a + ${ANSWER_AT})) 32 ${ANSWER}`),
      seconds: 60,
      check: says(hex(WORD)),
    },
    {
      name: 'the BAR of the board begins as it must',
      ...shell(`devmem ${barOf(BOARD)} 32`),
      seconds: 60,
      check: says(hex(bar.BAR_MAGIC)),
    },
    diagnosis('all cards of an id', IDS, 'PCI_PRESENT', 'NOT_GATEBOOK', 'PCI_PRESENT', 'BAR_OK'),
    {
      name: 'replay over the board that is found by its id and its identity block',
      command: session(IDS),
      seconds: 600,
      check: (result) =>
        succeeds(result) === true ? equal(fence(summaryOf(result.stdout)), fence(summary)) : succeeds(result),
    },
    program('exec over the board at its address', BOARD, { events }),
    doctor(BOARD),
    program('a user without permission', BOARD, { code: 'ACCESS_DENIED', uid: USER }),
    change('vfio takes the board', ...bind('vfio-pci')),
    diagnosis('a board of vfio', BOARD, 'PCI_PRESENT', 'DRIVER_BOUND'),
    program('exec over a board of vfio', BOARD, { code: 'DRIVER_BOUND' }),
    change('vfio gives the board back; memory decode goes off', ...unbind, zero(COMMAND, 2)),
    diagnosis('a board that does not decode', BOARD, 'PCI_PRESENT', 'MEMORY_DECODE_OFF'),
    change('what the diagnosis says to do about it', enable),
    program('exec after that', BOARD, { events }),
    change('the card loses its BARs, as when its FPGA is loaded anew', zero(COMMAND, 2), zero(BARS, 24)),
    diagnosis('a board without its BAR', BOARD, 'PCI_PRESENT', 'BAR_LOST'),
    change('what the diagnosis says to do about that', ...rescan, enable),
    program('exec after that, at another place', BOARD, { events }),
    {
      name: 'the card stops answering while a session runs',
      // Once a host has begun anew and commands have gone through.
      ...shell(
        `generation=${control(bar.CONTROL_GENERATION)}`,
        `(until [ ${control(bar.CONTROL_GENERATION)} != $generation ]; do usleep 50000; done`,
        ` until [ ${control(bar.CONTROL_COMMAND_LINES)} -gt 0 ]; do usleep 50000; done`,
        ` ${zero(COMMAND, 2)}) &`,
        `exec ${session(BOARD).join(' ')} --speed 1`,
      ),
      seconds: 600,
      check: fails('DEVICE_GONE'),
    },
    diagnosis('the card after that', BOARD, 'PCI_PRESENT', 'MEMORY_DECODE_OFF'),
    change('the card is found anew', ...rescan, enable),
    ...switchedOff,
    change('the card goes', `echo 1 > ${FOLDER}/remove`),
    diagnosis('no card at that address', BOARD, 'DEVICE_ABSENT'),
  ];
}

const LOCKED = [
  diagnosis('a kernel that is locked down', BOARD, 'PCI_PRESENT', 'KERNEL_LOCKDOWN'),
  program('exec under lockdown', BOARD, { code: 'KERNEL_LOCKDOWN' }),
];

/** The guest is started twice, as lockdown is decided at the start. */
export const boots = (facts) => [
  { name: 'open', kernelOptions: 'intel_iommu=on', steps: openSteps(facts) },
  { name: 'locked-down', kernelOptions: 'intel_iommu=on lockdown=integrity', steps: LOCKED },
];

/**
 * Name and finding of each step of one boot.
 * @param {ReturnType<typeof boots>[number]} boot
 * @param {{ ended: string, results: import('./qemu-guest.mjs').StepResult[] }} run
 * @returns {[string, true | string][]}
 */
export function findings(boot, run) {
  const { ended, results } = run;
  const found = boot.steps.map(({ name, check }) => {
    const result = results.find((each) => each.name === name);
    return [name, result === undefined ? 'did not run' : check(result)];
  });
  const end = results.at(-1)?.name === 'end' ? ended : `${ended}, before the last step`;
  return [...found, [`the guest (${boot.name}) switches itself off`, equal(end, 'itself')]];
}
