// Search in French and Spanish. mdBook makes its index for English words: it would not
// find `nœud` by `noeud`, `l'état` by `état`, nor `nodos` by `nodo`. Here the index is
// made anew, when it is first asked for, from the texts that it holds, with words cut
// and folded as these languages want it.
'use strict';

(() => {
    const language = document.documentElement.lang;
    if (!window.elasticlunr || language === 'en') {
        return;
    }

    // Without accents and ligatures, and without the marks around a word.
    const plain = word => word
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .replace(/œ/g, 'oe')
        .replace(/æ/g, 'ae')
        .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');

    // Plural and singular become the same, which need not be a word.
    const singular = {
        fr: word => word.replace(/eaux$/, 'eau').replace(/aux$/, 'al').replace(/[sx]$/, ''),
        es: word => word.replace(/s$/, '').replace(/([^aeiou])e$/, '$1').replace(/z$/, 'c'),
    }[language];

    const fold = word => {
        const short = plain(word);
        return short.length > 3 ? singular(short) : short;
    };

    // With it searcher.js looks for the words it has found, to show what is around them;
    // it cuts texts at spaces only.
    elasticlunr.stemmer = word => fold(word.replace(/^.*['’]/, ''));
    // A function without a name is complained of.
    elasticlunr.Pipeline.registerFunction(elasticlunr.stemmer, 'last part');
    elasticlunr.Pipeline.registerFunction(fold, 'fold');
    elasticlunr.tokenizer.setSeperator(/[\s\-'’«»“”()[\]{}<>,;:!?¡¿/]+/);

    const load = elasticlunr.Index.load;
    elasticlunr.Index.load = json => {
        const made = load.call(elasticlunr.Index, json);
        const index = elasticlunr(function() {
            this.setRef('id');
            made.getFields().forEach(field => this.addField(field));
            this.pipeline.reset();
            this.pipeline.add(fold);
        });
        for (const id in json.documentStore.docs) {
            index.addDoc(json.documentStore.docs[id]);
        }
        return index;
    };
})();
