#pragma once

#include "proxy/config/scalar_shapes.hpp"
#include "proxy/config/shape.hpp"

#include <boost/json/array.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Shapes made of other shapes.
namespace millrace::config {

/// Reports anything but a list of the range's length, and returns false.
[[nodiscard]] bool check_list(reader& in, const node& from, number_range length);

/// Reports anything but a mapping, and keys that are doubled or break the rule; returns the
/// entries that are worth reading. `key_rule` says what is wrong with a key, or nothing.
[[nodiscard]] std::vector<const member*> check_names(
    reader& in, const node& from, const text_rules& key_rule
);

/// A list; its elements keep the places of the file, also when one of them is wrong.
template <class T>
class list_shape final : public shape<std::vector<T>> {
 public:
    struct options {
        number_range length;
        bool one_may_stand_alone = false;  ///< a value that is no list is a list of one
    };

    list_shape(shape_ptr<T> element, options how) : element_{std::move(element)}, options_{how} {}

    void read(reader& in, const node& from, std::vector<T>& to) const override {
        if (options_.one_may_stand_alone && from.kind != node::kind::sequence) {
            to.assign(1, T{});
            element_->read(in, from, to.front());
            return;
        }
        if (!check_list(in, from, options_.length)) {
            return;
        }
        to.clear();
        to.reserve(from.items.size());
        for (std::size_t i = 0; i < from.items.size(); ++i) {
            reader::scope const inside{in, i};
            element_->read(in, *from.items[i], to.emplace_back());
        }
    }

    [[nodiscard]] json::value write(const std::vector<T>& from) const override {
        json::array out;
        for (auto const& element : from) {
            out.push_back(element_->write(element));
        }
        return out;
    }

    [[nodiscard]] json::object schema() const override {
        auto element = element_->schema();
        json::object list{
            {"type", "array"},
            {"items", element},
            {"minItems", options_.length.min},
            {"maxItems", options_.length.max}};
        if (!options_.one_may_stand_alone) {
            return list;
        }
        return {{"anyOf", json::array{std::move(element), std::move(list)}}};
    }

    [[nodiscard]] shape_info info() const override {
        auto const inner = element_->info();
        auto const list = "list of " + inner.type;
        return {options_.one_may_stand_alone ? inner.type + " | " + list : list, inner.range};
    }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        element_->list_keys(prefix + "[]", keys);
    }

 private:
    shape_ptr<T> element_;
    options options_;
};

template <class T>
[[nodiscard]] shape_ptr<std::vector<T>> list(shape_ptr<T> element, number_range length) {
    using made = list_shape<T>;
    return std::make_shared<made>(std::move(element), typename made::options{length, false});
}

template <class T>
[[nodiscard]] shape_ptr<std::vector<T>> one_or_list(shape_ptr<T> element, number_range length) {
    using made = list_shape<T>;
    return std::make_shared<made>(std::move(element), typename made::options{length, true});
}

/// A mapping from free names to values that carry their name in a member.
template <class T>
class named_shape final : public shape<std::vector<T>> {
 public:
    named_shape(shape_ptr<T> element, std::string T::*name, text_rules key_rule)
        : element_{std::move(element)}, name_{name}, key_rule_{std::move(key_rule)} {}

    void read(reader& in, const node& from, std::vector<T>& to) const override {
        to.clear();
        for (auto const* entry : check_names(in, from, key_rule_)) {
            reader::scope const inside{in, entry->key};
            to.emplace_back().*name_ = entry->key;
            element_->read(in, *entry->value, to.back());
        }
    }

    [[nodiscard]] json::value write(const std::vector<T>& from) const override {
        json::object out;
        for (auto const& element : from) {
            out[element.*name_] = element_->write(element);
        }
        return out;
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "object"},
            {"propertyNames", json::object{{"pattern", key_rule_.pattern}}},
            {"additionalProperties", element_->schema()}};
    }

    [[nodiscard]] shape_info info() const override {
        return {"mapping of NAME: " + element_->info().type, ""};
    }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        element_->list_keys(prefix + ".NAME", keys);
    }

 private:
    shape_ptr<T> element_;
    std::string T::*name_;
    text_rules key_rule_;
};

template <class T>
[[nodiscard]] shape_ptr<std::vector<T>> named(
    shape_ptr<T> element, std::string T::*name, text_rules key_rule
) {
    return std::make_shared<named_shape<T>>(std::move(element), name, std::move(key_rule));
}

/// A value that may be absent; absent is written as nothing.
template <class T>
class optional_shape final : public shape<std::optional<T>> {
 public:
    explicit optional_shape(shape_ptr<T> inner) : inner_{std::move(inner)} {}

    void read(reader& in, const node& from, std::optional<T>& to) const override {
        T value{};
        inner_->read(in, from, value);
        to = std::move(value);
    }

    [[nodiscard]] json::value write(const std::optional<T>& from) const override {
        return from ? inner_->write(*from) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

 private:
    shape_ptr<T> inner_;
};

template <class T>
[[nodiscard]] shape_ptr<std::optional<T>> optional(shape_ptr<T> inner) {
    return std::make_shared<optional_shape<T>>(std::move(inner));
}

/// A value that a dump must not show.
template <class T>
class masked_shape final : public shape<T> {
 public:
    explicit masked_shape(shape_ptr<T> inner) : inner_{std::move(inner)} {}

    void read(reader& in, const node& from, T& to) const override { inner_->read(in, from, to); }

    [[nodiscard]] json::value write(const T& /*from*/) const override { return nullptr; }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        inner_->list_keys(prefix, keys);
    }

 private:
    shape_ptr<T> inner_;
};

template <class T>
[[nodiscard]] shape_ptr<T> masked(shape_ptr<T> inner) {
    return std::make_shared<masked_shape<T>>(std::move(inner));
}

}  // namespace millrace::config
