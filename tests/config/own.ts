import { design } from "../../cli/new/design";
import { find } from "../../cli/new/found";
import { stackFile } from "../../cli/new/stackFile";

/** What `django-admin startproject mine` makes, as far as `new` looks at it. */
const files: Readonly<Record<string, string>> = {
  "manage.py": 'import os\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mine.settings")\n',
  "mine/__init__.py": "",
  "mine/settings.py": 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\nSECRET_KEY = "django-insecure-x"\n',
  "mine/urls.py":
    `"""\nFunction views\n    1. Add an import:  from my_app import views\n    2. Add a URL to urlpatterns:  path('', views.home, ` +
    `name='home')\n"""\nfrom django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [\n    path('admin/', ` +
    `admin.site.urls),\n]\n`,
  "mine/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
  "requirements.txt": "Django>=5.2\n",
};

/** The stack file that `npm run new -- --app ../mine` writes for it. */
export function ownStackFile(): string {
  const folder = { paths: Object.keys(files).sort(), exclude: [], leftOut: [], read: (path: string) => files[path] };
  const { django, variables, likeliest, health, database } = find(folder, {});
  if (likeliest === undefined) throw new Error("no application");
  const choices = {
    name: "mine",
    target: "local",
    domain: "",
    sshFrom: [],
    emails: [],
    application: likeliest,
    health,
    database,
    env: {},
    range: "10.20.1.0/24",
    image: "debian-13",
  } as const;
  return stackFile(design(folder, choices, django, variables), "../mine");
}
