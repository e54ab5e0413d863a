// One line for each check; under one that failed, each fault with its page.

const MOST = 12;

export class Report {
    passed = 0;
    failed = 0;
    #complaints = [];

    // What a page said by itself, whichever check it was opened for.
    complain(text) {
        this.#complaints.push(text);
    }

    // `body` is given a function that takes a fault, and may return what it has looked at.
    async check(name, body) {
        const started = performance.now();
        const faults = [];
        let seen;
        try {
            seen = await body(fault => faults.push(fault));
        } catch (why) {
            faults.push(why.stack ?? String(why));
        }
        faults.push(...new Set(this.#complaints.splice(0)));
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const detail = [seen, `${seconds} s`].filter(Boolean).join(', ');
        if (faults.length === 0) {
            this.passed += 1;
            console.log(`ok      ${name} (${detail})`);
            return;
        }
        this.failed += 1;
        console.log(`FAILED  ${name} (${detail})`);
        for (const fault of faults.slice(0, MOST)) {
            console.log(`        ${fault.replaceAll('\n', '\n        ')}`);
        }
        if (faults.length > MOST) {
            console.log(`        and ${faults.length - MOST} more`);
        }
    }

    close() {
        console.log(`\n${this.passed} passed, ${this.failed} failed`);
    }
}
