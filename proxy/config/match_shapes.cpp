#include "proxy/config/address.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/url.hpp"
#include "proxy/config/wording.hpp"

namespace millrace::config {

namespace {

using routing::match_params;
using routing::value_match;

/// A key that sets a kind next to its value, and is written only when the kind is its own.
template <class T, class Kind>
class kind_shape final : public shape<T> {
 public:
    struct members {
        Kind T::*kind;
        std::string T::*value;
    };

    kind_shape(shape_ptr<std::string> inner, members where, Kind kind)
        : inner_{std::move(inner)}, members_{where}, kind_{kind} {}

    void read(reader& in, const node& from, T& to) const override {
        to.*members_.kind = kind_;
        inner_->read(in, from, to.*members_.value);
    }

    [[nodiscard]] json::value write(const T& from) const override {
        return from.*members_.kind == kind_ ? inner_->write(from.*members_.value)
                                            : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

 private:
    shape_ptr<std::string> inner_;
    members members_;
    Kind kind_;
};

shape_ptr<match_params> path_of(shape_ptr<std::string> inner, match_params::path_kind kind) {
    using made = kind_shape<match_params, match_params::path_kind>;
    return std::make_shared<made>(
        std::move(inner), made::members{&match_params::path, &match_params::path_value}, kind
    );
}

shape_ptr<value_match> value_of(shape_ptr<std::string> inner, enum value_match::kind kind) {
    using made = kind_shape<value_match, enum value_match::kind>;
    return std::make_shared<made>(
        std::move(inner), made::members{&value_match::kind, &value_match::value}, kind
    );
}

/// `present: true`, the only value that means something.
class present_shape final : public shape<value_match> {
 public:
    void read(reader& in, const node& from, value_match& to) const override {
        bool present = false;
        boolean()->read(in, from, present);
        if (from.kind == node::kind::boolean && !present) {
            in.fail(from, "expected true, got false");
        }
        to.kind = value_match::kind::present;
    }

    [[nodiscard]] json::value write(const value_match& from) const override {
        return from.kind == value_match::kind::present ? json::value(true) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return {{"const", true}}; }

    [[nodiscard]] shape_info info() const override { return {"true", ""}; }
};

/// VALUE, or a mapping with one of the kinds.
class condition_shape final : public shape<value_match> {
 public:
    explicit condition_shape(const text_rules& value)
        : value_{value_of(text(value), value_match::kind::exact)},
          mapping_{object<value_match>()
                       .field("exact", whole, value_, "The whole value.")
                       .field(
                           "prefix",
                           whole,
                           value_of(text(value), value_match::kind::prefix),
                           "The beginning of the value."
                       )
                       .field(
                           "regex",
                           whole,
                           value_of(regex_text(), value_match::kind::regex),
                           "An RE2 expression for the whole value."
                       )
                       .field(
                           "present",
                           whole,
                           std::static_pointer_cast<const shape<value_match>>(
                               std::make_shared<present_shape>()
                           ),
                           "Any value."
                       )
                       .exactly_one_of({"exact", "prefix", "regex", "present"})
                       .build()} {}

    void read(reader& in, const node& from, value_match& to) const override {
        (from.kind == node::kind::mapping ? mapping_ : value_)->read(in, from, to);
    }

    [[nodiscard]] json::value write(const value_match& from) const override {
        if (is_sensitive_name(from.name) && from.kind != value_match::kind::present) {
            return json::string(mask);
        }
        auto plain = value_->write(from);
        return plain.is_null() ? mapping_->write(from) : plain;
    }

    [[nodiscard]] json::object schema() const override {
        return {{"anyOf", json::array{value_->schema(), mapping_->schema()}}};
    }

    [[nodiscard]] shape_info info() const override { return {"VALUE | mapping", ""}; }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        auto const before = keys.size();
        mapping_->list_keys(prefix, keys);
        // The kinds exclude each other: none of them has a default of its own.
        for (auto i = before; i < keys.size(); ++i) {
            keys[i].default_text = "none";
        }
    }

 private:
    shape_ptr<value_match> value_;
    shape_ptr<value_match> mapping_;
};

shape_ptr<std::vector<value_match>> conditions(const text_rules& name, const text_rules& value) {
    shape_ptr<value_match> condition = std::make_shared<condition_shape>(value);
    return named(condition, &value_match::name, name);
}

std::optional<std::string> host_problem(std::string_view text) {
    auto const rest = text.starts_with("*.") ? text.substr(2) : text;
    bool const address = text.starts_with('[') && text.ends_with(']') &&
                         is_ipv6(std::string{text.substr(1, text.size() - 2)});
    if (address || is_host_name(rest)) {
        return std::nullopt;
    }
    return text.find(':') != std::string_view::npos ? "a port in " + in_quotes(text)
                                                    : in_quotes(text);
}

text_rules host_rules() {
    text_rules rules;
    rules.type = "host name";
    rules.expected = "a host name without port, such as example.com or *.example.com";
    rules.pattern = "^([*][.])?[0-9A-Za-z._-]+$|^\\[[0-9A-Fa-f:.]+\\]$";
    rules.check = host_problem;
    rules.lower_case = true;
    return rules;
}

text_rules path_rules() {
    text_rules rules;
    rules.type = "path";
    rules.expected = "a path such as /score/risk";
    rules.pattern = "^/[^?#]*$";
    rules.check = path_problem;
    return rules;
}

text_rules parameter_rules() {
    text_rules rules;
    rules.expected = "the name of a query parameter";
    rules.pattern = "^[^&=#\\x00-\\x20]{1,256}$";
    return rules;
}

}  // namespace

shape_ptr<match_params> match_shape() {
    using path_kind = match_params::path_kind;
    text_rules any_value;
    any_value.expected = "a value";
    any_value.may_be_empty = true;
    return object<match_params>()
        .field(
            "host",
            &match_params::host,
            text(host_rules()),
            "The request's host without port, any case; *.example.com for any subdomain."
        )
        .field("path", whole, path_of(text(path_rules()), path_kind::exact), "The whole path.")
        .field(
            "path_prefix",
            whole,
            path_of(text(path_rules()), path_kind::prefix),
            "The path's first segments: /foo matches /foo and /foo/bar, not /foobar."
        )
        .field(
            "path_regex",
            whole,
            path_of(regex_text(), path_kind::regex),
            "An RE2 expression for the whole path."
        )
        .at_most_one_of({"path", "path_prefix", "path_regex"})
        .field(
            "method",
            &match_params::methods,
            one_or_list(text(token_rules("a method such as POST")), {0, 50}),
            "The method, case matters; several as a list; an empty list: any."
        )
        .field(
            "headers",
            &match_params::headers,
            conditions(field_name_rules(), field_value_rules()),
            "Header fields that must be there, by name in any case."
        )
        .field(
            "query",
            &match_params::query,
            conditions(parameter_rules(), any_value),
            "Query parameters that must be there, by exact name."
        )
        .build();
}

}  // namespace millrace::config
