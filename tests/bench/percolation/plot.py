"""A log-log plot as SVG, written by hand: no library is needed to draw it or to read it."""
import html
import math

WIDTH, HEIGHT = 820, 500
LEFT, RIGHT, TOP, BOTTOM = 80, 200, 50, 60
COLOURS = ["#0b6e99", "#4fb3d9", "#c2410c", "#6b7280"]
DASHES = ["", "7 4", "", "2 4"]


def decades(values):
    """The whole powers of ten around the values, as exponents."""
    return math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)


def tick(exponent):
    return {True: format(10 ** max(exponent, 0), ","), False: "%g" % 10.0 ** exponent}[exponent >= 0]


def spread(wanted, least):
    """Heights for labels near the wanted ones, at least so far apart."""
    placed = []
    for index in sorted(range(len(wanted)), key=lambda i: wanted[i]):
        placed.append((index, wanted[index] if not placed else max(wanted[index], placed[-1][1] + least)))
    return dict(placed)


def log_log(title, x_label, y_label, series):
    """series: [(name, [(x, y)])], every value above 0."""
    xs = [x for _, points in series for x, _ in points]
    ys = [y for _, points in series for _, y in points]
    (x0, x1), (y0, y1) = decades(xs), decades(ys)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def place(x, y):
        return (LEFT + (math.log10(x) - x0) / (x1 - x0) * (right - LEFT),
                bottom - (math.log10(y) - y0) / (y1 - y0) * (bottom - TOP))

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" '
           'role="img">' % (WIDTH, HEIGHT), "<title>%s</title>" % html.escape(title),
           '<rect width="%d" height="%d" fill="white"/>' % (WIDTH, HEIGHT),
           '<text x="%d" y="28" font-size="16" fill="#111">%s</text>' % (LEFT, html.escape(title))]
    for exponent in range(x0, x1 + 1):
        x, _ = place(10.0 ** exponent, 10.0 ** y0)
        out.append('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/>' % (x, TOP, x, bottom))
        out.append('<text x="%.1f" y="%d" text-anchor="middle" fill="#333">%s</text>' % (x, bottom + 20, tick(exponent)))
    for exponent in range(y0, y1 + 1):
        _, y = place(10.0 ** x0, 10.0 ** exponent)
        out.append('<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>' % (LEFT, y, right, y))
        out.append('<text x="%d" y="%.1f" text-anchor="end" fill="#333">%s</text>' % (LEFT - 8, y + 4, tick(exponent)))
    out.append('<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#888"/>' % (LEFT, TOP, right - LEFT,
                                                                                          bottom - TOP))
    out.append('<text x="%d" y="%d" text-anchor="middle" fill="#111">%s</text>' % ((LEFT + right) / 2, HEIGHT - 16,
                                                                                  html.escape(x_label)))
    out.append('<text transform="translate(18 %d) rotate(-90)" text-anchor="middle" fill="#111">%s</text>' % (
        (TOP + bottom) / 2, html.escape(y_label)))
    labels = spread([place(*points[-1])[1] for _, points in series], 18)
    for number, (name, points) in enumerate(series):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        at = [place(x, y) for x, y in points]
        out.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/>' % (
            " ".join("%.1f,%.1f" % point for point in at), colour, dash))
        out += ['<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (x, y, colour) for x, y in at]
        out.append('<text x="%.1f" y="%.1f" fill="%s">%s</text>' % (at[-1][0] + 10, labels[number] + 4, colour,
                                                                    html.escape(name)))
    return "\n".join(out + ["</svg>", ""])
