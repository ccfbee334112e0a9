use super::*;

fn index(texts: &[&str]) -> Index {
    Index::build(texts.iter().map(|text| Doc { title: None, text }))
}

fn found(index: &Index, query: &str, k: usize) -> Vec<u32> {
    index.search(query, k).iter().map(|hit| hit.doc).collect()
}

/// Passages over a small vocabulary whose words differ in how common they are.
fn synthetic(count: usize) -> Vec<String> {
    let mut state = 17_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    (0..count)
        .map(|_| {
            (0..12)
                .map(|_| format!("w{} ", (next() % 400) * (next() % 400) / 400))
                .collect()
        })
        .collect()
}

/// BM25 as the formula is printed, in double precision, with nothing precomputed.
fn by_the_book(texts: &[String], query: &str) -> Vec<(u32, f64)> {
    let docs: Vec<Vec<String>> = texts.iter().map(|text| words::stems(text)).collect();
    let average = docs.iter().map(Vec::len).sum::<usize>() as f64 / docs.len() as f64;
    let mut scores: Vec<(u32, f64)> = Vec::new();
    for (number, doc) in docs.iter().enumerate() {
        let mut score = 0.0;
        for term in words::stems(query) {
            let times = doc.iter().filter(|word| **word == term).count() as f64;
            let holders = docs.iter().filter(|doc| doc.contains(&term)).count() as f64;
            let idf = (1.0 + (docs.len() as f64 - holders + 0.5) / (holders + 0.5)).ln();
            let (k1, b) = (f64::from(K1), f64::from(B));
            score += idf * times * (k1 + 1.0) / (times + k1 * (1.0 - b + b * doc.len() as f64 / average));
        }
        if score > 0.0 {
            scores.push((number as u32, score));
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scores
}

#[test]
fn finds_by_stem_and_ranks_the_passage_that_says_more_first() {
    let index = index(&[
        "The garage fits two cars.",
        "Heating by gas; the heated floor was laid in 2019.",
        "A heating system.",
        "Taxes are paid twice a year.",
    ]);
    assert_eq!(found(&index, "How is it heated?", 5), [1, 2]);
    assert_eq!(found(&index, "what about the garages", 5), [0]);
    assert_eq!(found(&index, "swimming pool", 5), [] as [u32; 0]);
    assert_eq!(found(&index, "the of and", 5), [] as [u32; 0]);
    assert_eq!(found(&index, "heating", 0), [] as [u32; 0]);
}

#[test]
fn a_title_counts_and_nothing_at_all_is_no_error() {
    let index = Index::build([
        Doc {
            title: None,
            text: "Shingles, replaced by the last owner.",
        },
        Doc {
            title: Some("Roof"),
            text: "Shingles, replaced by the last owner.",
        },
    ]);
    assert_eq!(found(&index, "roof shingles", 5), [1, 0]);
    let empty = Index::build([]);
    assert!(empty.is_empty() && empty.search("roof", 5).is_empty());
    assert!(
        Index::build([Doc { title: None, text: "" }])
            .search("roof", 5)
            .is_empty()
    );
}

#[test]
fn equal_passages_keep_their_order_across_windows() {
    let texts: Vec<&str> = (0..10_000)
        .map(|i| if i % 3 == 0 { "a quiet street" } else { "a deep lot" })
        .collect();
    let index = index(&texts);
    let expected: Vec<u32> = (0..50).map(|i| i * 3).collect();
    assert_eq!(found(&index, "quiet", 50), expected);
}

#[test]
fn scores_and_order_are_those_of_the_formula() {
    let texts = synthetic(700);
    let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
    let index = index(&refs);
    for query in ["w3 w17 w120", "w1 w1 w2 w90 w250", "w0 w399", "w44", "w7 w7 w7"] {
        let expected = by_the_book(&texts, query);
        let hits = index.search(query, 20);
        assert_eq!(hits.len(), expected.len().min(20), "{query}");
        for (hit, (doc, score)) in hits.iter().zip(&expected) {
            // A score is right to a ten-thousandth; order may differ only within that.
            assert!(
                (f64::from(hit.score) - score).abs() < 2e-3,
                "{query}: {hit:?} against {doc} {score}"
            );
        }
        assert!(hits.is_sorted_by(|a, b| a.score > b.score || (a.score == b.score && a.doc < b.doc)));
    }
}

#[test]
fn more_than_one_block_of_passages() {
    let mut texts = vec!["nothing here"; 70_000];
    texts[3] = "one cellar";
    texts[66_000] = "cellar cellar";
    let index = index(&texts);
    assert_eq!(found(&index, "cellar", 5), [66_000, 3]);
    assert_eq!(index.len(), 70_000);
}

#[test]
fn memory_is_four_bytes_a_posting_and_little_else() {
    let texts = synthetic(2_000);
    let index = Index::build(texts.iter().map(|text| Doc { title: None, text }));
    let bytes = index.memory_bytes();
    assert!(bytes > 2_000 * 10 * 4 && bytes < 2_000 * 12 * 4 + 60_000, "{bytes}");
}

#[test]
fn the_evaluation_reads_a_folder_and_says_what_is_wrong_with_it() {
    let dir = std::env::temp_dir().join(format!("porchlight-retrieval-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    assert!(eval::run(&dir).unwrap_err().contains("corpus.jsonl"));
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    write(
        "corpus.jsonl",
        "{\"_id\":\"a\",\"title\":\"roof\",\"text\":\"slate\"}\n{\"_id\":\"b\",\"text\":\"oak floor\"}\n",
    );
    write(
        "queries.jsonl",
        "{\"_id\":\"1\",\"text\":\"which floor\"}\n{\"_id\":\"2\",\"text\":\"cellar roof\"}\n",
    );
    write("qrels.tsv", "query-id\tcorpus-id\tscore\n1\tb\t1\n2\tb\t1\n2\ta\t0\n");
    let report = eval::run(&dir).unwrap();
    assert_eq!(
        (report.ndcg_at_10, report.recall_at_5, report.mrr_at_10, report.queries),
        (0.5, 0.5, 0.5, 2)
    );
    assert!(report.to_string().contains("nDCG@10   0.5000"));
    std::fs::remove_dir_all(&dir).unwrap();
}

/// The data set lies outside the repository; without it this only says that it did nothing.
#[test]
fn a_public_collection_is_answered_as_well_as_the_best_plain_word_search() {
    let folder = std::env::var_os("PORCHLIGHT_SHARED")
        .map(std::path::PathBuf::from)
        .or_else(|| {
            let mut here = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
            while here.pop() {
                let shared = here.join("shared");
                if shared.is_dir() {
                    return Some(shared);
                }
            }
            None
        });
    let Some(dir) = folder
        .map(|folder| folder.join("retrieval/cranfield"))
        .filter(|dir| dir.is_dir())
    else {
        println!("skipped: no retrieval/cranfield in PORCHLIGHT_SHARED");
        return;
    };
    let report = eval::run(&dir).unwrap();
    println!("{report}");
    assert!(report.ndcg_at_10 >= 0.37, "{report}");
}
