// One line for each check; under one that failed, each fault with its page.

const MOST = 12;

export class Report {
    passed = 0;
    failed = 0;
    #complaints = [];
    #only;

    // With words, only checks whose names have one of them.
    constructor(only = []) {
        this.#only = only;
    }

    // What a page said by itself, whichever check it was opened for.
    complain(text) {
        this.#complaints.push(text);
    }

    // `body` is given a function that takes a fault, and may return what it has looked at.
    check(name, body) {
        return this.checks([name], faults => body(faults[name]));
    }

    // Several at once, each with a function of its own that takes a fault. What a page
    // said by itself is a fault of the last.
    async checks(names, body) {
        const wanted = name => this.#only.some(word => name.includes(word));
        if (this.#only.length > 0 && !names.some(wanted)) {
            return;
        }
        const started = performance.now();
        const found = new Map(names.map(name => [name, []]));
        const takers = names.map(name => [name, fault => found.get(name).push(fault)]);
        const last = found.get(names.at(-1));
        let seen;
        try {
            seen = await body(Object.fromEntries(takers));
        } catch (why) {
            // Without all that Chromium has said since it was started.
            last.push((why.stack ?? String(why)).replace(/Browser logs:[^]*?(?=\n +at )/, ''));
        }
        last.push(...new Set(this.#complaints.splice(0)));
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const detail = [seen, `${seconds} s`].filter(Boolean).join(', ');
        found.forEach((faults, name) => this.#line(name, detail, faults));
    }

    #line(name, detail, faults) {
        if (faults.length === 0) {
            this.passed += 1;
            console.log(`ok      ${name} (${detail})`);
            return;
        }
        this.failed += 1;
        console.log(`FAILED  ${name} (${detail})`);
        for (const fault of faults.slice(0, MOST)) {
            console.log(`        ${fault.trim().replaceAll('\n', '\n        ')}`);
        }
        if (faults.length > MOST) {
            console.log(`        and ${faults.length - MOST} more`);
        }
    }

    close() {
        console.log(`\n${this.passed} passed, ${this.failed} failed`);
    }
}
