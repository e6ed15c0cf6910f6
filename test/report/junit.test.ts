import test from 'ava';
import { junitXml } from '../../src/report/junit.ts';
import { invalid, runOf, slowSlow, trialResult } from './small-run.ts';

test('an outcome is no failure, a trial without a verdict is', (t) => {
  const broken = trialResult(6, 'balance-alb', { outcome: 'inconclusive', valid: false, reason: 'Interrupted.', faultMs: null, link: null, nodes: {} });
  t.is(junitXml({ ...runOf(slowSlow, { ...invalid, nodes: {} }, broken), about: {} }), `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bondproof" tests="3" failures="1" errors="1" skipped="0">
  <testsuite name="modes on virtual" timestamp="2025-01-31T12:00:00.000Z" tests="3" failures="1" errors="1" skipped="0">
    <properties>
      <property name="run" value="run-1"/>
      <property name="campaign" value="modes"/>
      <property name="lab" value="virtual"/>
      <property name="world" value="virtual"/>
      <property name="seed" value="7"/>
      <property name="injector" value="netem"/>
      <property name="simulated" value="HA is a stand-in."/>
    </properties>
    <testcase classname="virtual.virtual" name="802.3ad/slow-slow" time="100.000">
      <properties>
        <property name="trial" value="2"/>
        <property name="repetition" value="1"/>
        <property name="attempt" value="1"/>
        <property name="outcome" value="fenced-bystander"/>
        <property name="reason" value="pve2 and pve3, with nothing wrong at the bond, were reset by their watchdogs after 62 s and 70 s."/>
        <property name="folder" value="trials/02"/>
        <property name="link" value="pve1-eth1"/>
        <property name="injector" value="netem"/>
        <property name="delivery-outage-ms pve1" value="91000"/>
        <property name="delivery-outage-ms pve2" value="63000"/>
        <property name="delivery-outage-ms pve3" value="68000"/>
        <property name="reset-after-ms pve2" value="62100"/>
        <property name="reset-after-ms pve3" value="70400"/>
      </properties>
    </testcase>
    <testcase classname="virtual.virtual" name="balance-tlb" time="100.000">
      <properties>
        <property name="trial" value="4"/>
        <property name="repetition" value="1"/>
        <property name="attempt" value="1"/>
        <property name="outcome" value="invalid"/>
        <property name="reason" value="It does not count: the canary arrived."/>
        <property name="folder" value="trials/04"/>
        <property name="link" value="pve1-eth1"/>
        <property name="injector" value="netem"/>
      </properties>
      <failure message="It does not count: the canary arrived." type="invalid"/>
    </testcase>
    <testcase classname="virtual.virtual" name="balance-alb" time="0.000">
      <properties>
        <property name="trial" value="6"/>
        <property name="repetition" value="1"/>
        <property name="attempt" value="1"/>
        <property name="outcome" value="inconclusive"/>
        <property name="reason" value="Interrupted."/>
        <property name="folder" value="trials/06"/>
        <property name="link" value=""/>
        <property name="injector" value="netem"/>
      </properties>
      <error message="Interrupted." type="inconclusive"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('an invalid trial that was repeated is skipped: its second attempt speaks for it', (t) => {
  const again = trialResult(4, 'balance-tlb', { attempt: 2 });
  const xml = junitXml(runOf(invalid, again));
  t.true(xml.includes('tests="2" failures="0" errors="0" skipped="1"'));
  t.true(xml.includes('<skipped message="It does not count: the canary arrived."/>'));
  t.deepEqual(namesIn(xml), ['balance-tlb, attempt 1', 'balance-tlb'], 'the case of the scenario is the attempt that counts');
});

const namesIn = (xml: string): readonly string[] => [...xml.matchAll(/<testcase classname="[^"]*" name="([^"]*)"/g)].map(([, name = '']) => name);

test('a case has the same name in every run: whatever its number is, and however many repetitions follow', (t) => {
  const repeated = (number: number, repetition: number) => trialResult(number, 'balance-xor', { repetition });
  t.deepEqual(namesIn(junitXml(runOf(repeated(1, 1)))), ['balance-xor']);
  t.deepEqual(namesIn(junitXml(runOf(trialResult(1, 'broadcast'), repeated(2, 1), trialResult(3, 'broadcast', { repetition: 2 }), repeated(4, 2)))), [
    'broadcast', 'balance-xor', 'broadcast, repetition 2', 'balance-xor, repetition 2',
  ]);
});

test('no two cases have one name, and the lab is one package', (t) => {
  const xml = junitXml({ ...runOf(trialResult(1, 'm'), trialResult(2, 'm')), lab: 'rack.7', world: 'ssh' });
  t.deepEqual(namesIn(xml), ['m', 'm, trial 2']);
  t.true(xml.includes('classname="rack_7.ssh"'));
});

test('text from a device stays text, and characters that XML forbids do not appear', (t) => {
  const xml = junitXml(runOf(trialResult(1, '"><x\u0000\uffff', { outcome: 'invalid', reason: ']]>\u001b<!--' })));
  t.false(xml.includes('<x'));
  t.false(xml.includes('<!--'));
  t.notRegex(xml, /[^\n\P{Cc}]|\uffff/u);
});
