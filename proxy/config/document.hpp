#pragma once

#include "proxy/config/config_error.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// YAML text as a tree of our own, so that the rest of the folder never meets yaml-cpp, and every
/// node and key knows where it stands.
namespace millrace::config {

/// Line and column, both from 1.
struct position {
    int line = 1;
    int column = 1;
};

struct node;
using node_ptr = std::shared_ptr<const node>;

/// One entry of a mapping. Doubled keys are kept: whoever reads the mapping reports them.
struct member {
    std::string key;
    position at;
    node_ptr value;
};

/// A value of the document. Immutable after parsing; aliases share the node of their anchor.
struct node {
    /// Scalars by the core schema of YAML 1.2: what is quoted is text, `yes` and `off` are text.
    enum class kind { null, boolean, integer, number, text, sequence, mapping };

    enum kind kind = kind::null;
    position at;
    std::string text;             ///< of a scalar, unquoted
    std::vector<node_ptr> items;  ///< of a sequence
    std::vector<member> members;  ///< of a mapping, in the file's order

    /// The value of the first entry with this key, or null.
    [[nodiscard]] const node* find(std::string_view key) const noexcept;
};

/// Bounds that keep a hostile document cheap.
struct document_limits {
    static constexpr std::size_t bytes_max = 1'048'576;
    static constexpr int depth_max = 32;
    static constexpr std::size_t nodes_max = 250'000;  ///< with every alias written out
    static constexpr std::size_t documents_max = 1'000;
};

/// What kind of scalar an unquoted text is.
[[nodiscard]] enum node::kind plain_kind(std::string_view text) noexcept;

struct parsed_document {
    node_ptr root;         ///< null when there are errors
    config_errors errors;  ///< at most one: after a syntax error nothing can be trusted
};

/// Parses one document of UTF-8 YAML. Never throws but for lack of memory. Any thread.
[[nodiscard]] parsed_document parse_document(std::string_view text, const std::string& file);

struct parsed_documents {
    std::vector<node_ptr> roots;  ///< in order; an empty document is a null
    config_errors errors;         ///< at most one, and then there are no roots
};

/// The same for a text of several documents, which share its limits.
[[nodiscard]] parsed_documents parse_documents(std::string_view text, const std::string& file);

}  // namespace millrace::config
