#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/templates/expression_parser.h"
#include "wirewatch/templates/lexer.h"
#include "wirewatch/templates/tree.h"

namespace wirewatch::templates {

const Record kLoop = {
    "loop",
    {{"index", Shape::Number(), "Counts from 1.",
      [](const void* data) -> Value { return static_cast<int64_t>(static_cast<const Loop*>(data)->index + 1); }},
     {"first", Shape::Flag(), "In the first round.",
      [](const void* data) -> Value { return static_cast<const Loop*>(data)->index == 0; }},
     {"last", Shape::Flag(), "In the last round.",
      [](const void* data) -> Value {
        const auto& loop = *static_cast<const Loop*>(data);
        return loop.index + 1 == loop.size;
      }},
     {"length", Shape::Number(), "How many rounds there are.",
      [](const void* data) -> Value { return static_cast<int64_t>(static_cast<const Loop*>(data)->size); }}}};

namespace {

constexpr size_t kSourceBytes = 256 << 10;
constexpr int kDepth = 16;

class TemplateParser {
 public:
  TemplateParser(std::string_view text, const TemplateOptions& options, std::vector<TemplateProblem>& problems)
      : problems_(problems), pieces_(CutTemplate(text, problems)) {
    for (const Member& member : options.root->members)
      variables_.push_back({.name = member.name, .shape = member.shape, .slot = 0, .member = &member});
    slots_ = 1;
    for (const std::string& name : options.extras)
      variables_.push_back({.name = name, .shape = Shape::Text(), .slot = slots_++});
    most_slots_ = slots_;
  }

  std::unique_ptr<Template::Body> Parse() {
    if (!problems_.empty()) return nullptr;
    auto body = std::make_unique<Template::Body>();
    body->statements = ReadUntil({}, nullptr);
    body->slots = most_slots_;
    return problems_.empty() ? std::move(body) : nullptr;
  }

 private:
  // Reads statements up to a tag with one of these words, where it stays. `opener`: the tag that wants one of them.
  std::vector<Statement> ReadUntil(const std::set<std::string>& ends, const Piece* opener) {
    std::vector<Statement> body;
    while (problems_.empty() && at_ < pieces_.size()) {
      const Piece& piece = pieces_[at_];
      if (piece.kind == Piece::Kind::kTag && ends.count(piece.words[0].text) > 0) return body;
      ++at_;
      if (piece.kind == Piece::Kind::kText) {
        body.push_back({.kind = Statement::Kind::kText, .text = piece.text});
      } else {
        body.push_back(piece.kind == Piece::Kind::kValue ? ReadValue(piece) : ReadTag(piece));
      }
    }
    if (problems_.empty() && opener != nullptr) {
      problems_.push_back({opener->offset, absl::StrCat("{% ", opener->words[0].text, " %} is not closed"),
                           absl::StrCat("it ends with {% end", opener->words[0].text, " %}")});
    }
    return body;
  }

  Statement ReadValue(const Piece& piece) {
    ExpressionParser parser(piece.words, variables_, problems_);
    Statement statement{.kind = Statement::Kind::kValue};
    statement.expression = parser.Read();
    if (statement.expression == nullptr || !parser.AtEnd()) return statement;
    const Shape& shape = statement.expression->shape;
    if (shape.kind == Shape::Kind::kList || shape.kind == Shape::Kind::kRecord) {
      parser.Problem(piece.words[0], absl::StrCat("a ", shape.Name(), " is no text"),
                     shape == Shape::Texts() ? "write … | join(\", \")" : "name one of its members");
    }
    return statement;
  }

  Statement ReadTag(const Piece& piece) {
    const Word& name = piece.words[0];
    Statement statement;
    if (++depth_ > kDepth) {
      problems_.push_back({piece.offset, absl::StrCat("more than ", kDepth, " tags inside each other"), ""});
    } else if (name.text == "if") {
      statement = ReadIf(piece);
    } else if (name.text == "for") {
      statement = ReadFor(piece);
    } else {
      problems_.push_back({name.offset, absl::StrCat("{% ", name.text, " %} does not belong here"),
                           "there are if, elif, else, endif, for and endfor"});
    }
    --depth_;
    return statement;
  }

  Statement ReadIf(const Piece& opener) {
    Statement statement{.kind = Statement::Kind::kIf};
    bool had_else = false;
    for (const Piece* tag = &opener; problems_.empty();) {
      Statement::Branch& branch = statement.branches.emplace_back();
      ExpressionParser parser(tag->words, variables_, problems_);
      parser.Next();
      if (tag->words[0].text == "else") {
        had_else = true;
      } else {
        branch.condition = parser.Read();
      }
      if (!problems_.empty() || !parser.AtEnd()) break;
      const auto ends = had_else ? std::set<std::string>{"endif"} : std::set<std::string>{"elif", "else", "endif"};
      branch.body = ReadUntil(ends, &opener);
      if (!problems_.empty()) break;
      tag = &pieces_[at_++];
      if (tag->words[0].text == "endif") return statement;
    }
    return statement;
  }

  Statement ReadFor(const Piece& opener) {
    Statement statement{.kind = Statement::Kind::kFor};
    ExpressionParser parser(opener.words, variables_, problems_);
    parser.Next();
    const Word name = parser.word();
    parser.Next();
    if (name.kind != Word::Kind::kName || !parser.Take("in")) {
      parser.Problem(name, "this is no loop", "write {% for item in evidence %}");
      return statement;
    }
    statement.expression = parser.Read();
    if (statement.expression == nullptr || !parser.AtEnd()) return statement;
    const Shape shape = statement.expression->shape;
    if (shape.kind != Shape::Kind::kList) {
      parser.Problem(name, absl::StrCat("a ", shape.Name(), " is no list"));
      return statement;
    }
    statement.slot = slots_;
    slots_ += 2;
    most_slots_ = std::max(most_slots_, slots_);
    variables_.push_back({.name = name.text, .shape = shape.Element(), .slot = statement.slot});
    variables_.push_back({.name = "loop", .shape = Shape::Of(kLoop), .slot = statement.slot + 1});
    statement.branches.emplace_back().body = ReadUntil({"else", "endfor"}, &opener);
    variables_.resize(variables_.size() - 2);
    slots_ -= 2;
    if (problems_.empty() && pieces_[at_++].words[0].text == "else") {
      statement.branches.emplace_back().body = ReadUntil({"endfor"}, &opener);
      ++at_;
    }
    return statement;
  }

  std::vector<TemplateProblem>& problems_;
  const std::vector<Piece> pieces_;
  size_t at_ = 0;
  int depth_ = 0;
  std::vector<Variable> variables_;
  size_t slots_ = 0;
  size_t most_slots_ = 0;
};

}  // namespace

std::unique_ptr<const Template> Template::Parse(std::string_view text, const TemplateOptions& options,
                                                std::vector<TemplateProblem>& problems) {
  if (text.size() > kSourceBytes) {
    problems.push_back({0, absl::StrCat("a template has at most ", kSourceBytes, " bytes"), ""});
    return nullptr;
  }
  std::vector<TemplateProblem> found;
  auto body = TemplateParser(text, options, found).Parse();
  problems.insert(problems.end(), found.begin(), found.end());
  if (body == nullptr) return nullptr;
  return std::unique_ptr<const Template>(new Template(options, std::move(body)));
}

Template::Template(TemplateOptions options, std::unique_ptr<const Body> body)
    : options_(std::move(options)), body_(std::move(body)) {}
Template::~Template() = default;

}  // namespace wirewatch::templates
