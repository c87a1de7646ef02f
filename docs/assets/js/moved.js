// An old address leads on to the question that it names. Headings below a question begin with its
// name, such as `gan-metrics-code`.
const here = location.hash.slice(1)
const found = [...document.links].find(link => `${here}-`.startsWith(`${link.id}-`) && link.id)
location.replace(found ? found.href + location.hash : "../")
