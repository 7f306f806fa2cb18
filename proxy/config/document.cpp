#include "proxy/config/document.hpp"

#include "proxy/config/utf8.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace millrace::config {

namespace {

/// Leaves the parser from inside one of its callbacks; caught in parse_document.
struct document_fault {
    position at;
    std::string message;
};

position position_of(const YAML::Mark& mark) {
    return mark.is_null() ? position{} : position{mark.line + 1, mark.column + 1};
}

/// Builds the tree from yaml-cpp's events and enforces the limits while it grows: a bomb is
/// refused at the alias that would blow it up.
class tree_builder final : public YAML::EventHandler {
 public:
    explicit tree_builder(std::size_t documents_max) : documents_max_{documents_max} {}

    /// One per document, at least one.
    [[nodiscard]] std::vector<node_ptr> roots() const {
        return roots_.empty() ? std::vector<node_ptr>{std::make_shared<node>()} : roots_;
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (roots_.size() == documents_max_) {
            throw document_fault{position_of(mark), "expected one document, got a second one"};
        }
        root_.reset();
        anchors_.clear();
    }

    void OnDocumentEnd() override { roots_.push_back(root_ ? root_ : std::make_shared<node>()); }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add_scalar(mark, anchor, "", node::kind::null);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        auto const found = anchors_.find(anchor);
        if (found == anchors_.end() || found->second.height == 0) {
            throw document_fault{position_of(mark), "expected an alias of something complete"};
        }
        attach(position_of(mark), found->second);
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        bool const plain = tag.empty() || tag == "?";
        if (!plain && tag != "!" && tag != "tag:yaml.org,2002:str") {
            throw document_fault{position_of(mark), "expected a value without a tag"};
        }
        add_scalar(mark, anchor, value, plain ? plain_kind(value) : node::kind::text);
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(mark, tag, anchor, node::kind::sequence);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(mark, tag, anchor, node::kind::mapping);
    }

    void OnMapEnd() override { close(); }

 private:
    /// A node with what it costs; height 0 means that it is still open.
    struct built {
        std::shared_ptr<node> value;
        std::size_t nodes = 1;
        int height = 1;
    };

    struct frame {
        built made;
        YAML::anchor_t anchor;
        std::optional<member> key;  ///< of a mapping, waiting for its value
    };

    void add_scalar(
        const YAML::Mark& mark, YAML::anchor_t anchor, std::string text, enum node::kind kind
    ) {
        auto value = std::make_shared<node>();
        value->kind = kind;
        value->at = position_of(mark);
        value->text = std::move(text);
        built made{std::move(value)};
        if (anchor != YAML::NullAnchor) {
            anchors_[anchor] = made;
        }
        attach(position_of(mark), made);
    }

    void open(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, enum node::kind kind
    ) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw document_fault{position_of(mark), "expected a value without a tag"};
        }
        if (stack_.size() >= static_cast<std::size_t>(document_limits::depth_max)) {
            throw_too_deep(position_of(mark));
        }
        auto value = std::make_shared<node>();
        value->kind = kind;
        value->at = position_of(mark);
        if (anchor != YAML::NullAnchor) {
            anchors_[anchor] = built{value, 1, 0};
        }
        stack_.push_back(frame{built{std::move(value)}, anchor, std::nullopt});
    }

    void close() {
        auto const done = std::move(stack_.back());
        stack_.pop_back();
        if (done.anchor != YAML::NullAnchor) {
            anchors_[done.anchor] = done.made;
        }
        attach(done.made.value->at, done.made);
    }

    void attach(position at, const built& child) {
        if (stack_.empty()) {
            root_ = child.value;
            return;
        }
        auto& parent = stack_.back();
        parent.made.nodes += child.nodes;
        parent.made.height = std::max(parent.made.height, child.height + 1);
        if (parent.made.nodes > document_limits::nodes_max) {
            throw document_fault{
                at, fmt::format("expected at most {} values", document_limits::nodes_max)};
        }
        if (static_cast<int>(stack_.size()) + child.height > document_limits::depth_max + 1) {
            throw_too_deep(at);
        }
        if (parent.made.value->kind == node::kind::sequence) {
            parent.made.value->items.push_back(child.value);
        } else if (parent.key) {
            parent.key->value = child.value;
            parent.made.value->members.push_back(std::move(*parent.key));
            parent.key.reset();
        } else {
            parent.key = key_from(at, *child.value);
        }
    }

    static member key_from(position at, const node& value) {
        if (value.kind == node::kind::sequence || value.kind == node::kind::mapping ||
            value.kind == node::kind::null) {
            throw document_fault{at, "expected a name as the key of a mapping"};
        }
        return member{value.text, at, nullptr};
    }

    [[noreturn]] static void throw_too_deep(position at) {
        throw document_fault{
            at, fmt::format("expected at most {} levels", document_limits::depth_max)};
    }

    std::size_t documents_max_;
    std::vector<node_ptr> roots_;
    node_ptr root_;
    std::vector<frame> stack_;
    std::map<YAML::anchor_t, built> anchors_;
};

std::vector<node_ptr> build_trees(std::string_view text, std::size_t documents_max) {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    tree_builder builder{documents_max};
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.roots();
}

parsed_documents failed(const std::string& file, position at, std::string message) {
    return {{}, {config_error{file, at.line, at.column, "", std::move(message), ""}}};
}

parsed_documents parse_at_most(
    std::size_t documents_max, std::string_view text, const std::string& file
) {
    if (text.size() > document_limits::bytes_max) {
        return failed(
            file,
            {},
            fmt::format(
                "expected a file of at most {} bytes, got {}",
                document_limits::bytes_max,
                text.size()
            )
        );
    }
    if (auto const bad = first_bad_character(text)) {
        return failed(
            file, position{bad->line, bad->column}, "expected UTF-8 text without control characters"
        );
    }
    try {
        return {build_trees(text, documents_max), {}};
    } catch (const document_fault& fault) {
        return failed(file, fault.at, fault.message);
    } catch (const YAML::Exception& error) {
        return failed(file, position_of(error.mark), "expected YAML, got: " + error.msg);
    } catch (const std::exception& error) {
        return failed(file, {}, fmt::format("expected YAML, got: {}", error.what()));
    }
}

}  // namespace

const node* node::find(std::string_view key) const noexcept {
    auto const found = std::find_if(members.begin(), members.end(), [key](const member& entry) {
        return entry.key == key;
    });
    return found == members.end() ? nullptr : found->value.get();
}

parsed_document parse_document(std::string_view text, const std::string& file) {
    auto parsed = parse_at_most(1, text, file);
    return {
        parsed.roots.empty() ? nullptr : std::move(parsed.roots.front()), std::move(parsed.errors)};
}

parsed_documents parse_documents(std::string_view text, const std::string& file) {
    return parse_at_most(document_limits::documents_max, text, file);
}

}  // namespace millrace::config
