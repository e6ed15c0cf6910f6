import test from 'ava';
import fc from 'fast-check';
import { Problem } from '../../../src/model/problem.ts';
import { coresOf, idleShare, labsAtOnce, machinesPerCore, machinesPerIdleCore, reservedMb } from '../../../src/worlds/virtual/capacity.ts';

const room = { memFreeMb: 23_000, cores: 2, machinesPerLab: 4, memPerMachineMb: 256, wanted: 20 };

const table = [
  { title: 'cores are the limit where there is memory', more: {}, labs: 3 },
  { title: 'no more labs than wanted', more: { wanted: 1 }, labs: 1 },
  { title: 'memory is the limit where it is short', more: { memFreeMb: 3_000 }, labs: 2 },
  { title: 'memory for one lab gives one', more: { memFreeMb: 4 * 256 + reservedMb }, labs: 1 },
  { title: 'a big lab on one core may run alone', more: { cores: 1, machinesPerLab: 40 }, labs: 1 },
];

for (const { title, more, labs } of table) test(title, (t) => t.is(labsAtOnce({ ...room, ...more }), labs));

test('too little memory for one lab is told with figures', (t) => {
  const error = t.throws(() => labsAtOnce({ ...room, memFreeMb: 1_535.9 }), { instanceOf: Problem });
  t.deepEqual(error.parts, {
    asked: 'a lab of 4 machines with 256 MB each',
    found: '1535 MB of memory are free',
    right: 'at least 1536 MB: 1024 MB for the lab and 512 MB for the host',
    todo: 'free memory, or lower memoryMb in the lab file',
    exitCode: 6,
  });
});

test('whatever the host, labs that run at once fit into its memory, and several into its cores', (t) => {
  const host = fc.record({
    memFreeMb: fc.integer({ min: 0, max: 100_000 }), cores: fc.integer({ min: 1, max: 64 }), machinesPerLab: fc.integer({ min: 3, max: 9 }),
    memPerMachineMb: fc.integer({ min: 128, max: 1_024 }), wanted: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(fc.property(host, (given) => {
    try {
      const labs = labsAtOnce(given);
      t.true(labs >= 1 && labs <= given.wanted);
      t.true(labs * given.machinesPerLab * given.memPerMachineMb + reservedMb <= given.memFreeMb);
      t.true(labs === 1 || labs * given.machinesPerLab <= given.cores * machinesPerCore);
    } catch (error) {
      t.true(error instanceof Problem && given.machinesPerLab * given.memPerMachineMb + reservedMb > given.memFreeMb);
    }
  }));
});

test('a host that is idle bears more labs, and idle is what its processors were between two looks', (t) => {
  t.is(labsAtOnce(room, machinesPerIdleCore), 5);
  const at = (...idle: number[]) => idle.map((ms) => ({ times: { idle: ms } }));
  t.is(idleShare(at(1000, 5000), at(1500, 6000), 1000), 0.75);
  t.is(idleShare(at(1000), at(1000, 7000), 1000), 0, 'a processor that was not there was not idle');
  t.is(idleShare(at(0), at(1003), 1000), 1);
});

test('the processors that a process may use are read from its status', (t) => {
  t.deepEqual(coresOf('Cpus_allowed:\tf0f\nCpus_allowed_list:\t0-3,8,10-11\nMems_allowed:\t1\n'), [0, 1, 2, 3, 8, 10, 11]);
  t.deepEqual(coresOf('Cpus_allowed_list:\t5\n'), [5]);
  t.deepEqual(coresOf(''), [0]);
});
