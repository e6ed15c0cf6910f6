// What `--help` says. Nothing here may import anything slow.

export const usage = `bondproof: what a Linux bond does to a corosync cluster when one of its
network cards falls silent, measured.

  bondproof run LAB          run the campaign \`modes\` on a lab
      --scenario NAME        only this scenario, or all that begin with NAME/,
                             or the one of a file NAME.yaml; may be given
                             several times
      --injector NAME        what silences the NIC: netem, lease or cable
                             (default: what the lab file says, and that is
                             netem)
      --phase PHASE          when the fault comes: lacpdu+12.5s after a LACPDU
                             that the victim sent on that NIC, lrm+3s after a
                             refresh of its LRM; lacpdu or lrm alone: each
                             repetition in its own part of the period (default:
                             when all is well)
      --repeat N             run each scenario N times (default 1)
      --until-sure GOAL      run each again until a sequential test tells
                             whether the goal (as of hunt) is met in 5 % of its
                             trials or less, or in 30 % or more; N times at most
                             (default 60)
      --seed S               what is random in labs that have a seed; recorded
                             with the run (default: random)
      --labs N               labs side by side (default: as many as fit)
      --keep-labs            timewarp: labs are used for one trial after the
                             other; faster, and no trial can be replayed
      --reports DIR          where runs are kept (default: reports)
      --json                 progress as one JSON object a line
  bondproof verify LAB       run what claims about bonds still need, most
                             informative first, and judge them; goes on where it
                             stopped
      --claim ID             only this one, like C20; may be given several times
      --budget TIME          begin no trial after 90s, 20m, 2h
      --seed S, --labs N, --reports DIR, --json
                             as with run
  bondproof claims           the claims: sentences of Proxmox VE's
                             documentation, and questions that it leaves open
  bondproof claims FOLDER    judge what a verification has, again
      --suggest FILE         instead print a patch to this file of pve-docs, in
                             which what is refuted or imprecise is put right
      --against FOLDER       instead say whether another verification agrees, as
                             of the same claims in another world
      --excerpt FOLDER       instead write what can be kept in 10 MB: verdicts,
                             pages, records that decide, digests of the rest
  bondproof certify LAB      run what a profile still needs of a switch with
                             LACP, grade it, make a certificate and its bundle;
                             goes on where it stopped
      --profile NAME         pve-corosync-lacp, the only one
                             (docs/profiles/pve-corosync-lacp.md)
      --budget TIME          begin no trial after 90s, 20m, 2h
      --key FILE             sign with this key (default: one that is made for
                             it and thrown away)
      --redact               also a bundle with pseudonyms for names, addresses
                             and serial numbers, to give away
      --seed S, --labs N, --reports DIR, --json
                             as with run
  bondproof certificate key FILE
                             make a key to sign with, and FILE.pub to verify
  bondproof certificate verify FILE|BUNDLE
                             whether a certificate.html, or a bundle, is as it
                             was signed; needs no lab
      --key PUB              and whether this key's owner signed it
  bondproof certificate judge BUNDLE
                             whether its records come to what it says
  bondproof hunt LAB --goal GOAL
                             draw schedules (bond, cluster, fault, how long) on
                             a timewarp lab until one meets the goal, shrink it
                             to the simplest that still does, and write that as
                             a scenario file; goals: bystander fenced, victim
                             fenced, any fenced, split, isolated
      --budget TIME          begin no trial after 90s, 20m, 2h (default 20m); up
                             to a third of it is kept to confirm
      --trials N             nor after so many trials
      --seed S               the same schedules again (default: random)
      --confirm N            trials that confirm the result (default 10)
      --labs N, --reports DIR, --json
                             as with run
      --out FILE             where the scenario is written as well as in the
                             run's folder, as found.yaml
  bondproof check LAB        look whether a lab is fit for trials; change
                             nothing
      --injector NAME        fit for trials with this one
  bondproof selftest LAB     can what this lab says be believed? The controls (a
                             trial without a loss, and a pulled cable), a
                             scenario by each injector that the lab has,
                             compared, and holders that let go by themselves;
                             resets nobody on real machines
      --scenario NAME        this one (default: 802.3ad/fast-fast)
      --controls N           instead N trials of each control, on labs side by
                             side
      --labs N, --seed S, --reports DIR
                             as with run
  bondproof marker LAB       print how to mark the nodes of a real lab as its
                             own
      --until DATE           the marker's last day (default: in 90 days)
      --fencing              the nodes may be reset by their watchdogs
  bondproof gate LAB [DEVICE]
                             print how to let a plain user of a real lab do what
                             is needed, through sudo, and nothing else
  bondproof switch probe LAB SWITCH
                             ask a managed switch all that its dialect can ask,
                             or any by SNMP, and change nothing; show what was
                             understood, keep what it printed, without secrets,
                             to be sent in
      --by ssh|snmp          by its command line, or as the lab file's snmp says
                             (default: its command line where it has one); SNMP
                             tells state, and not when it came to be
      --out DIR              where that is kept (default: a new folder below
                             captures)
      --json                 what was understood as one JSON object
  bondproof switch plan LAB SWITCH
                             print every line that would put the ports of a
                             managed switch into a form, and what takes that
                             back; send nothing
      --ports FORM           plain, static, "lacp slow" or "lacp fast"
      --for TIME             how long it is to stay: 90s, 20m (default: 60s)
  bondproof switch try LAB SWITCH
                             do it: arm the switch's own dead man, look whether
                             the form came to the wire, take it back, and see
                             that the configuration is what it was
      --ports FORM, --for TIME
                             as with plan
  bondproof recover LAB      undo what an interrupted run left, prove it gone
      --scan                 also what nobody here wrote down
  bondproof list scenarios|faults|goals|dialects|labs
  bondproof up LAB           bring a virtual lab up, to stay
  bondproof down LAB         take it down again
  bondproof status           which labs are up
  bondproof ssh LAB NODE [COMMAND...]
                             log in to a machine of a lab that is up
  bondproof replay RUN TRIAL make a trial of a timewarp lab again from its seed,
                             and compare every event
  bondproof compare RUN RUN  whether two runs saw the same, as of a timewarp lab
                             and of one in real time, within what their timers
                             allow
  bondproof diff RUN RUN     what changed beyond noise between two runs of one
                             lab: what ran, outcomes, times; 1 where something
                             changed
  bondproof report RUN       make a run's reports again from its records
  bondproof image            build the lab image where it is missing
  bondproof kernel build     make a kernel whose time can be bent where it is
                             missing, from Debian's source; trials do not need
                             it
  bondproof kernel info      its version and options
  bondproof clean            what the cache holds; --remove removes it
  bondproof --version, --help

LAB is a lab file like labs/virtual.yaml; for down and ssh its name will do.
Exit status: 0 all trials valid, 1 some not, or nothing hunted down, or a switch
not understood or without the form that was tried, 2 usage or a file, 3 set-up,
4 a device, 5 lab busy, 6 memory or disk, 7 intact but signer unknown, 130
interrupted.
`;
