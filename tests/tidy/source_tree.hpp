#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tidy {

/// A text file of the project.
struct source_file {
    std::string path;  ///< from the project's root, with '/'
    std::string text;

    [[nodiscard]] bool is_cpp() const;
    [[nodiscard]] bool below(std::string_view folder) const;  ///< folder like "proxy/net/"
    [[nodiscard]] std::string_view name() const;              ///< without its folders
    [[nodiscard]] std::size_t lines() const;
};

/// Every text file of the project but what is built, hidden, or fetched. Read once.
[[nodiscard]] const std::vector<source_file>& all_files();

/// The C++ files below a folder like "proxy/".
[[nodiscard]] std::vector<const source_file*> cpp_files(std::string_view folder);

/// C++ text with comments and the insides of string and character literals blanked out; offsets
/// and line ends stay where they were.
[[nodiscard]] std::string code_of(std::string_view text);

/// 1-based number of the line that an offset is in.
[[nodiscard]] std::size_t line_at(std::string_view text, std::size_t offset);

/// "path:line", as editors want it.
[[nodiscard]] std::string place(const source_file& file, std::size_t offset);

/// Whether the project has a file or folder at this path.
[[nodiscard]] bool exists(std::string_view path);

}  // namespace millrace::tidy
