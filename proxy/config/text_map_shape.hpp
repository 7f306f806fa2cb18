#pragma once

#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::config {

/// What a text may hold that placeholders are replaced in: a secret that stands there as it is, is
/// masked in a dump.
enum class template_kind : std::uint8_t { open, header };

/// The text of an entry of a mapping NAME: TEXT; numbers and truth values count as written.
template <class T>
class entry_text_shape final : public shape<T> {
 public:
    entry_text_shape(std::string T::*name, std::string T::*value, template_kind kind)
        : name_{name}, value_{value}, kind_{kind} {}

    void read(reader& in, const node& from, T& to) const override {
        if (from.kind == node::kind::sequence || from.kind == node::kind::mapping ||
            from.kind == node::kind::null) {
            in.fail(from, "expected text");
            return;
        }
        to.*value_ = from.text;
    }

    [[nodiscard]] json::value write(const T& from) const override {
        bool const secret = kind_ == template_kind::header && is_sensitive_name(from.*name_) &&
                            (from.*value_).find('$') == std::string::npos;
        return json::string(secret ? std::string{mask} : from.*value_);
    }

    [[nodiscard]] json::object schema() const override {
        json::array kinds;
        for (auto const* kind : {"string", "number", "boolean"}) {
            kinds.push_back(json::object{{"type", kind}});
        }
        return {{"anyOf", std::move(kinds)}};
    }

    [[nodiscard]] shape_info info() const override { return {"text", ""}; }

 private:
    std::string T::*name_;
    std::string T::*value_;
    template_kind kind_;
};

/// A mapping NAME: TEXT that fills a list of entries. Empty is written as nothing.
template <class T>
class text_map_shape final : public shape<std::vector<T>> {
 public:
    explicit text_map_shape(shape_ptr<std::vector<T>> inner) : inner_{std::move(inner)} {}

    void read(reader& in, const node& from, std::vector<T>& to) const override {
        inner_->read(in, from, to);
    }

    [[nodiscard]] json::value write(const std::vector<T>& from) const override {
        return inner_->write(from);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return {"mapping of NAME: text", ""}; }

 private:
    shape_ptr<std::vector<T>> inner_;
};

template <class T>
[[nodiscard]] shape_ptr<std::vector<T>> text_map(
    std::string T::*name,
    std::string T::*value,
    text_rules key_rule,
    template_kind kind = template_kind::open
) {
    shape_ptr<T> const text = std::make_shared<entry_text_shape<T>>(name, value, kind);
    return std::make_shared<text_map_shape<T>>(named(text, name, std::move(key_rule)));
}

}  // namespace millrace::config
