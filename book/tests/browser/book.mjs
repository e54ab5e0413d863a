// The book that is looked at: which pages it has, and where it is read.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LANGUAGES = ['en', 'fr', 'es'];

export class Book {
    // `folder` holds the pages as they were written; `site` is where they are read, an
    // address that ends with a slash.
    constructor(folder, site) {
        this.folder = folder;
        this.site = site;
    }

    url(path) {
        return this.site + path;
    }

    // The names of the chapters' pages, the same in all languages.
    get names() {
        const others = ['index.html', 'toc.html', '404.html', 'print.html'];
        return readdirSync(join(this.folder, 'en'))
            .filter(name => name.endsWith('.html') && !others.includes(name))
            .sort();
    }

    // Whatever has the menu bar.
    get allNames() {
        return [...this.names, 'index.html', 'print.html'];
    }

    paths(names) {
        return LANGUAGES.flatMap(code => names.map(name => `${code}/${name}`));
    }

    source(path) {
        return readFileSync(join(this.folder, path), 'utf8');
    }
}
