from hmac import compare_digest

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from board.models import Picture


def home(request):
    return render(request, "board/home.html", {"pictures": Picture.objects.order_by("id")})


@csrf_exempt
def upload(request):
    token = request.headers.get("X-Token", "")
    if settings.UPLOAD_TOKEN == "" or not compare_digest(token, settings.UPLOAD_TOKEN):
        return HttpResponse(status=403)
    picture = Picture.objects.create(file=request.FILES["file"])
    return HttpResponse(picture.file.url, status=201)
