#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace millrace::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array skipped_folders{"build", "node_modules", "__pycache__", "results", "corpus"};
constexpr std::array text_endings{
    ".cpp", ".hpp", ".py", ".md", ".cmake", ".txt", ".yaml", ".yml", ".lua", ".json", ".sh", ""};

bool is_skipped(const fs::path& folder) {
    const std::string name = folder.filename().string();
    const bool hidden = name.starts_with('.') && name != ".ci";
    return hidden ||
           std::find(skipped_folders.begin(), skipped_folders.end(), name) != skipped_folders.end();
}

std::string read(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<source_file> read_all() {
    const fs::path root{MILLRACE_SOURCE_DIR};
    std::vector<source_file> files;
    for (fs::recursive_directory_iterator at{root}, end; at != end; ++at) {
        if (at->is_directory() && is_skipped(at->path())) {
            at.disable_recursion_pending();
        }
        const std::string ending = at->path().extension().string();
        const bool text =
            std::find(text_endings.begin(), text_endings.end(), ending) != text_endings.end();
        if (at->is_regular_file() && text) {
            files.push_back({at->path().lexically_relative(root).generic_string(), read(at->path())}
            );
        }
    }
    std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) {
        return left.path < right.path;
    });
    return files;
}

/// Where the literal or comment that begins at `at` ends; `at` itself when none begins there.
class lexer {
 public:
    explicit lexer(std::string_view text) : text_{text} {}

    [[nodiscard]] std::size_t end_of_hidden(std::size_t at) const {
        const std::string_view rest = text_.substr(at);
        if (rest.starts_with("//")) {
            return limited(text_.find('\n', at));
        }
        if (rest.starts_with("/*")) {
            return after(text_.find("*/", at + 2), 2);
        }
        if (rest.starts_with("R\"") && !follows_a_word(at)) {
            return end_of_raw(at);
        }
        if (rest.front() == '"' || (rest.front() == '\'' && !follows_a_word(at))) {
            return end_of_quoted(at);
        }
        return at;
    }

 private:
    [[nodiscard]] bool follows_a_word(std::size_t at) const {
        // A quote behind a digit separates thousands.
        return at > 0 && (std::isalnum(static_cast<unsigned char>(text_[at - 1])) != 0 ||
                          text_[at - 1] == '_');
    }

    [[nodiscard]] std::size_t end_of_raw(std::size_t at) const {
        const std::size_t open = limited(text_.find('(', at));
        std::string close{")"};
        close += text_.substr(at + 2, open - at - 2);
        close += '"';
        return after(text_.find(close, open), close.size());
    }

    [[nodiscard]] std::size_t end_of_quoted(std::size_t at) const {
        const char quote = text_[at];
        for (++at; at < text_.size() && text_[at] != quote && text_[at] != '\n'; ++at) {
            at += text_[at] == '\\' ? 1 : 0;
        }
        return std::min(at + 1, text_.size());
    }

    [[nodiscard]] std::size_t limited(std::size_t at) const { return std::min(at, text_.size()); }

    [[nodiscard]] std::size_t after(std::size_t at, std::size_t size) const {
        return at == std::string_view::npos ? text_.size() : at + size;
    }

    std::string_view text_;
};

}  // namespace

bool source_file::is_cpp() const {
    return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool source_file::below(std::string_view folder) const {
    return path.starts_with(folder);
}

std::string_view source_file::name() const {
    return std::string_view{path}.substr(path.rfind('/') + 1);
}

std::size_t source_file::lines() const {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

const std::vector<source_file>& all_files() {
    static const std::vector<source_file> files = read_all();
    return files;
}

std::vector<const source_file*> cpp_files(std::string_view folder) {
    std::vector<const source_file*> found;
    for (const source_file& file : all_files()) {
        if (file.is_cpp() && file.below(folder)) {
            found.push_back(&file);
        }
    }
    return found;
}

std::string code_of(std::string_view text) {
    std::string code{text};
    const lexer hidden{text};
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = hidden.end_of_hidden(at);
        if (end > at) {
            std::replace_if(
                code.begin() + static_cast<std::ptrdiff_t>(at),
                code.begin() + static_cast<std::ptrdiff_t>(end),
                [](char letter) { return letter != '\n'; },
                ' '
            );
            at = end - 1;
        }
    }
    return code;
}

std::size_t line_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::string place(const source_file& file, std::size_t offset) {
    return file.path + ":" + std::to_string(line_at(file.text, offset));
}

bool exists(std::string_view path) {
    return fs::exists(fs::path{MILLRACE_SOURCE_DIR} / path);
}

}  // namespace millrace::tidy
