//! `porchlight eval retrieval DIR`: how well and how fast the index finds what people marked.
//!
//! `DIR` holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
//! `qrels.tsv` (query id, passage id, grade; a first line of names is skipped), the layout of BEIR.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{Doc, Index};

/// Means over all queries with at least one relevant passage; times in milliseconds a query.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Report {
    pub ndcg_at_10: f64,
    pub recall_at_5: f64,
    pub mrr_at_10: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub queries: usize,
    pub passages: usize,
    pub index_bytes: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} queries over {} passages ({} kB)",
            self.queries,
            self.passages,
            self.index_bytes / 1000
        )?;
        writeln!(f, "nDCG@10   {:.4}", self.ndcg_at_10)?;
        writeln!(f, "recall@5  {:.4}", self.recall_at_5)?;
        writeln!(f, "MRR@10    {:.4}", self.mrr_at_10)?;
        write!(f, "p50 {:.3} ms, p99 {:.3} ms a query", self.p50_ms, self.p99_ms)
    }
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// Grades of the passages of each query, by id.
type Grades = HashMap<String, HashMap<String, f64>>;

/// Builds an index of `DIR` and asks every query.
///
/// # Errors
/// In plain words, when a file is missing, cannot be read or holds no usable line.
pub fn run(dir: &Path) -> Result<Report, String> {
    let corpus = lines(&dir.join("corpus.jsonl"))?;
    let queries = lines(&dir.join("queries.jsonl"))?;
    let grades = grades(&dir.join("qrels.tsv"))?;
    let index = Index::build(corpus.iter().map(|line| Doc {
        title: (!line.title.is_empty()).then_some(line.title.as_str()),
        text: &line.text,
    }));
    let (mut ndcg, mut recall, mut mrr) = (0.0, 0.0, 0.0);
    let mut times = Vec::new();
    for query in &queries {
        let Some(wanted) = grades
            .get(&query.id)
            .filter(|wanted| wanted.values().any(|grade| *grade > 0.0))
        else {
            continue;
        };
        let started = Instant::now();
        let hits = index.search(&query.text, 10);
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        let found: Vec<f64> = hits
            .iter()
            .map(|hit| {
                wanted
                    .get(&corpus[hit.doc as usize].id)
                    .copied()
                    .unwrap_or(0.0)
                    .max(0.0)
            })
            .collect();
        ndcg += gain(&found) / gain(&ideal(wanted));
        let relevant = wanted.values().filter(|grade| **grade > 0.0).count();
        recall += found.iter().take(5).filter(|grade| **grade > 0.0).count() as f64 / relevant as f64;
        mrr += found
            .iter()
            .position(|grade| *grade > 0.0)
            .map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }
    if times.is_empty() {
        return Err(format!(
            "No query in {} has a relevant passage in qrels.tsv.",
            dir.display()
        ));
    }
    let count = times.len() as f64;
    times.sort_unstable_by(f64::total_cmp);
    Ok(Report {
        ndcg_at_10: ndcg / count,
        recall_at_5: recall / count,
        mrr_at_10: mrr / count,
        p50_ms: times[times.len() / 2],
        p99_ms: times[(times.len() * 99 / 100).min(times.len() - 1)],
        queries: times.len(),
        passages: index.len(),
        index_bytes: index.memory_bytes(),
    })
}

/// Discounted cumulative gain (Järvelin and Kekäläinen, 2002), gain = grade.
fn gain(grades: &[f64]) -> f64 {
    grades
        .iter()
        .take(10)
        .enumerate()
        .map(|(rank, grade)| grade / (rank as f64 + 2.0).log2())
        .sum()
}

fn ideal(wanted: &HashMap<String, f64>) -> Vec<f64> {
    let mut grades: Vec<f64> = wanted.values().map(|grade| grade.max(0.0)).collect();
    grades.sort_unstable_by(|a, b| b.total_cmp(a));
    grades
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))
}

fn lines(path: &Path) -> Result<Vec<Line>, String> {
    let text = read(path)?;
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    filled
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| format!("{} line {}: {error}.", path.display(), number + 1))
        })
        .collect()
}

fn grades(path: &Path) -> Result<Grades, String> {
    let text = read(path)?;
    let mut grades = Grades::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        let (Some(query), Some(doc), Some(grade)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        // The line of column names has no number in its third cell.
        if let Ok(grade) = grade.trim().parse() {
            grades
                .entry(query.to_owned())
                .or_default()
                .insert(doc.to_owned(), grade);
        }
    }
    Ok(grades)
}
