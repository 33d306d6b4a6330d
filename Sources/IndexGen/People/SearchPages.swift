internal import Formats

/// The search index (`SearchIndex`), below `-/search/`: of all packages that everybody may see.
struct SearchPages {
    let pages: PeoplePages

    static let folder = "-/search"

    private var catalog: Catalog { pages.catalog }

    func run(_ summary: inout Generator.Summary) throws {
        if pages.isWhole { try catalog.noteAllShards() }
        while true {
            let stale = try catalog.stalePages(.shard, of: 0, after: "", limit: PeoplePages.batch)
            if stale.isEmpty { break }
            // Where another word is common now, other shards say so, too: they are stale from then on.
            try catalog.describeShards(stale)
            let common = try catalog.snapshot { Set(try $0.shardWords().common.map { Array($0.utf8) }) }
            _ = try pages.publish(stale, mayGo: true, &summary) { page, snapshot in
                let documents = try snapshot.searchShard(page.key).documents(common: common)
                return (
                    .scope(try snapshot.scope(ofShard: page.key)),
                    documents.map { DocumentPlan(path: "\(Self.folder)/\($0.path)", body: [.literal($0.bytes)]) }
                )
            }
        }
        let all = StalePage(kind: .shard, repository: 0, key: "")
        guard try catalog.isStale(all) else { return }
        let isWanted = pages.site.settings.hasPages
        let index = "\(Self.folder)/\(SearchIndex.path)"
        _ = try pages.publish([all], mayGo: true, &summary) { _, snapshot in
            if !isWanted { return (.paths([index]), []) }
            let words = try snapshot.shardWords()
            let bytes = SearchIndex.document(
                count: try snapshot.searchedPackages(), common: words.common, split: words.split)
            return (.paths([index]), [DocumentPlan(path: index, body: [.literal(bytes)], rank: .root)])
        }
    }
}
