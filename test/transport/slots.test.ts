import test from 'ava';
import { createSlots } from '../../src/transport/slots.ts';

const long = { timeoutMs: 60_000 };

test('lets as many in as there are slots, and the others in order of arrival', async (t) => {
  const slots = createSlots(2);
  const order: string[] = [];
  const first = await slots.take('first', long);
  const second = await slots.take('second', long);
  const later = ['third', 'fourth', 'fifth'].map(async (who) => {
    const release = await slots.take(who, long);
    order.push(who);
    return release;
  });
  t.deepEqual(order, []);
  second();
  (await later[0]!)();
  (await later[1]!)();
  await later[2]!;
  t.deepEqual(order, ['third', 'fourth', 'fifth']);
  first();
});

test('counts a slot that is given back twice once', async (t) => {
  const slots = createSlots(1);
  const release = await slots.take('first', long);
  release();
  release();
  await slots.take('second', long);
  await t.throwsAsync(slots.take('third', { timeoutMs: 1 }), { message: 'waited 1 ms for a channel; in its way: second' });
});

test('names everybody who was in the way', async (t) => {
  const slots = createSlots(2);
  await slots.take('"sleep 1"', long);
  await slots.take('"sleep 2"', long);
  await t.throwsAsync(slots.take('me', { timeoutMs: 1 }), { message: 'waited 1 ms for a channel; in its way: "sleep 1"; "sleep 2"' });
});

test('does not give a slot to somebody who went away', async (t) => {
  const slots = createSlots(1);
  const release = await slots.take('first', long);
  await t.throwsAsync(slots.take('impatient', { timeoutMs: 1 }));
  const patient = slots.take('patient', long);
  release();
  t.is(typeof (await patient), 'function');
});

test('turns everybody away once closed', async (t) => {
  const slots = createSlots(1);
  await slots.take('first', long);
  const waiting = slots.take('second', long);
  slots.close('the connection is gone');
  await t.throwsAsync(waiting, { message: 'the connection is gone' });
  await t.throwsAsync(slots.take('third', long), { message: 'the connection is gone' });
});
