// The workbook's program as a reader starts it, and what it says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PATIENCE = 120_000;

const running = new Set();

process.on('exit', () => running.forEach(child => child.kill('SIGKILL')));

export class Program {
    #said = '';
    #waiting = new Set();

    // In the folder of the workbook; `env` is added to ours.
    constructor(root, options, env = {}) {
        const command = ['run', '--locked', '--quiet', '--', ...options];
        this.child = spawn('cargo', command, {
            cwd: root,
            env: { ...process.env, RUST_BACKTRACE: '0', ...env },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        running.add(this.child);
        for (const stream of [this.child.stdout, this.child.stderr]) {
            stream.setEncoding('utf8');
            stream.on('data', text => this.#hear(text));
        }
        // Its streams are read to their end when it is closed.
        this.ended = once(this.child, 'close').then(([code]) => {
            running.delete(this.child);
            this.#hear('');
            return code;
        });
    }

    #hear(text) {
        this.#said += text;
        this.#waiting.forEach(look => look());
    }

    // All that it has said so far.
    get said() {
        return this.#said;
    }

    // Waits until it says this, in what it says after the last thing that was awaited.
    says(pattern) {
        return new Promise((resolve, reject) => {
            const stop = () => {
                clearTimeout(timer);
                this.#waiting.delete(look);
            };
            const give = why => {
                stop();
                reject(new Error(`${why} instead of ${pattern}:\n${this.#said}`));
            };
            const look = () => {
                const found = pattern.exec(this.#said);
                if (found) {
                    stop();
                    this.#said = this.#said.slice(found.index + found[0].length);
                    resolve(found);
                } else if (!running.has(this.child)) {
                    give('the program has ended');
                }
            };
            const timer = setTimeout(() => give('the program says this'), PATIENCE);
            this.#waiting.add(look);
            look();
        });
    }

    async stop() {
        this.child.kill();
        await this.ended;
    }
}

// Serves the book, and says where.
export async function serve(root, options, env) {
    const program = new Program(root, options, env);
    const [, address] = await program.says(/(http:\/\/127\.0\.0\.1:\d+\/)/);
    return { program, address };
}

// Writes the book into a folder.
export async function write(root, folder) {
    const program = new Program(root, ['--build-only', folder]);
    if (await program.ended !== 0) {
        throw new Error(program.said);
    }
}
