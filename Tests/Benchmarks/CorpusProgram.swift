internal import Corpus
internal import Glibc

/// Writes packages to measure with. The same arguments give the same bytes, and package number `i` depends on the seed and on `i`
/// alone, so that `--start 1000 --count 1` is exactly "one more" after `--count 1000`.
@main
struct CorpusProgram {
    static let usage = """
        usage: Benchmarks \(Specimen.all.map(\.type).joined(separator: "|")) FOLDER --count N [--start K] [--seed S] [--names C] [--list FILE]
          --names   how many names the files are dealt among in turn, except for RPM and Debian (default: count / 8)
          --list    PyPI: also write the list that dumb-pypi reads, one JSON object a line

        """

    static func main() async {
        do {
            let order = try CorpusOrder(CommandLine.arguments.dropFirst())
            try await order.fill()
        } catch {
            let message = Array("\(error)\n".utf8)
            _ = write(STDERR_FILENO, message, message.count)
            exit(2)
        }
    }
}

/// What the command line asks for.
struct CorpusOrder {
    private static let mostFiles = 1_000_000
    private static let share = 128

    private var corpus: any Corpus
    private var folder: String
    private var range: Range<Int>
    private var list: String?

    init(_ arguments: some Sequence<String>) throws {
        var words: [String] = []
        var options: [String: String] = [:]
        var iterator = arguments.makeIterator()
        while let word = iterator.next() {
            if word.hasPrefix("--") {
                guard let value = iterator.next() else {
                    throw CorpusFault(description: "\(word) wants a value\n\(CorpusProgram.usage)")
                }
                options[word] = value
            } else {
                words.append(word)
            }
        }
        func number(_ name: String, standard: Int?, from least: Int) throws -> Int {
            let text = options.removeValue(forKey: name)
            guard let number = text.map({ Int($0) }) ?? standard, (least...Self.mostFiles).contains(number) else {
                throw CorpusFault(
                    description: "\(name) wants a number from \(least) to \(Self.mostFiles)\n\(CorpusProgram.usage)")
            }
            return number
        }
        let count = try number("--count", standard: nil, from: 1)
        let start = try number("--start", standard: 0, from: 0)
        let seed = UInt64(try number("--seed", standard: 1, from: 0))
        let names = try number("--names", standard: max(1, count / 8), from: 1)
        list = options.removeValue(forKey: "--list")
        guard words.count == 2, options.isEmpty else { throw CorpusFault(description: CorpusProgram.usage) }
        folder = words[1]
        range = start..<(start + count)
        guard let specimen = Specimen.all.first(where: { $0.type == words[0] }) else {
            throw CorpusFault(description: CorpusProgram.usage)
        }
        corpus = specimen.corpus(seed, names)
    }

    /// Writes all files; uses every core, and memory for some shares of them.
    func fill() async throws {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw CorpusFault.system(folder) }
        let (corpus, folder) = (corpus, folder)
        var listings: [Int: [UInt8]] = [:]
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.share) {
                let end = min(start + Self.share, range.upperBound)
                group.addTask {
                    var lines: [UInt8] = []
                    for index in start..<end {
                        let file = corpus.file(index)
                        try file.write(into: folder)
                        lines += file.listing
                    }
                    return (start, lines)
                }
            }
            for try await (start, lines) in group { listings[start] = lines }
        }
        guard let list else { return }
        let whole = listings.sorted { $0.key < $1.key }.flatMap(\.value)
        try CorpusFile.write(whole, to: list, modified: CorpusArchive.time)
    }
}
